import LinearAlgebra

/// The decimal digits at a place, up to fifteen, read eight at a time.
///
/// A word holds eight characters, which are classified and combined without branches (Lemire 2021, "Number parsing at a
/// gigabyte per second", doi:10.1002/spe.2984).
struct DecimalDigits {
    /// The most digits that `Double` represents exactly.
    static let most = 15

    /// The number of digits; above `most` if there are too many.
    let count: Int
    let value: Int

    /// - Precondition: sixteen bytes from `start` are in the span.
    @inline(__always)
    init(_ bytes: Span<UInt8>, at start: Int) {
        let (first, value) = Self.leading(bytes.word(at: start))
        guard first == 8 else {
            count = first
            self.value = value
            return
        }
        let (second, rest) = Self.leading(bytes.word(at: start + 8))
        count = 8 + second
        self.value = value * Self.powersOfTen[second] + rest
    }

    /// The number of leading digits among the eight characters of a word, and their value.
    ///
    /// The word of "12,34567" has 2 digits with value 12.
    @inline(__always)
    static func leading(_ word: UInt64) -> (count: Int, value: Int) {
        // After subtracting the digit zero, digits are below ten; the high bit marks other bytes. A carry can only come
        // from a non-digit and so affect only later bytes.
        let digits = word ^ 0x3030_3030_3030_3030
        let others = (digits | (digits &+ 0x7676_7676_7676_7676)) & 0x8080_8080_8080_8080
        let count = others.trailingZeroBitCount / 8
        guard count > 0 else { return (0, 0) }
        // Shifts in leading zeros, then combines digits to pairs, pairs to fours, fours to eight.
        var joined = digits << UInt64(64 - 8 * count)
        joined = joined &* 10 &+ (joined >> 8)
        let low = (joined & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let high = (joined >> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        return (count, Int((low &+ high) >> 32))
    }

    private static let powersOfTen = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000]
}
