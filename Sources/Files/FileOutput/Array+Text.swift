/// Appends text to a byte buffer, without a `String` per number.
extension [UInt8] {
    /// An integer in decimal digits.
    package mutating func append(decimal number: some FixedWidthInteger) {
        append(digits: UInt64(number.magnitude), atLeast: 1, isNegative: number < 0)
    }

    /// Decimal digits, at most 20, zero-padded to at least `least`.
    @inline(__always)
    fileprivate mutating func append(digits number: UInt64, atLeast least: Int, isNegative: Bool = false) {
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var start = digits.count
        var rest = number
        while rest > 0 {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            start -= 1
            digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit)
            rest = quotient
        }
        start = Swift.min(start, digits.count - least)
        append(addingCapacity: digits.count + 1) { bytes in
            if isNegative { bytes.append(UInt8(ascii: "-")) }
            for place in start..<digits.count { bytes.append(digits[place]) }
        }
    }

    /// A number in the fewest digits that round-trip, like `description`.
    package mutating func append(shortest number: Float) {
        if let (digits, decimals) = number.shortestFraction {
            append(UInt8(ascii: "0"))
            append(UInt8(ascii: "."))
            append(digits: digits, atLeast: decimals)
        } else {
            append(contentsOf: number.description.utf8)
        }
    }
}

extension Float {
    /// The shortest decimal fraction that rounds to this number, digits / 10^decimals; nil if `Double` cannot decide
    /// it: outside 2⁻¹⁰ ..< 1, for powers of two, and for exact ties.
    ///
    /// All values nearer to m·2^e than ½·2^e round to it. Times 10^k, k ≤ 12, both it and that half fit the 53 bits of
    /// `Double`, so comparisons are exact. The `Float` nearest to 0.3 is 0.300000012, and 3/10 rounds to it: one
    /// decimal suffices.
    fileprivate var shortestFraction: (digits: UInt64, decimals: Int)? {
        guard self >= 0x1p-10, self < 1, significandBitPattern != 0 else { return nil }
        let value = Double(self)
        let half = Double(ulp) / 2
        var scale = 1.0
        for decimals in 1...12 {
            scale *= 10
            let scaled = value * scale
            let nearest = Int64(scaled + 0.5)
            let distance = abs(scaled - Double(nearest))
            if distance < half * scale { return distance < 0.5 ? (UInt64(nearest), decimals) : nil }
            if distance == half * scale { return nil }
        }
        return nil
    }
}
