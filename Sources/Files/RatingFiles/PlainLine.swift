import FileOutput

/// The fast path: a line of two integers, a rating in digits and optionally a third integer, parsed in one pass.
///
/// Most lines of most files qualify. All others go to the slow path, which splits lines into fields and handles
/// everything; both paths must agree on every line.
struct PlainLine {
    let second: Int
    let rating: Double
    /// The fourth field, or 0 if absent.
    let timestamp: Int
    /// The start of the next line.
    let end: Int

    /// Whether lines of a layout may be plain: user and item in any order, rating, timestamp.
    static func suits(_ layout: RatingsLayout) -> Bool {
        layout.shape == .delimited && !layout.delimiter.isRun && !layout.timesAreDates
            && max(layout.user, layout.item) == 1 && layout.rating == 2
            && layout.fieldCount == (layout.timestamp == nil ? 3 : 4)
    }

    /// The maximum length of a plain line plus read-ahead, in bytes.
    static let reach = 128

    /// Parses the line whose second field starts at a place; nil if it is not plain.
    ///
    /// - Precondition: `reach` bytes from `start` are in the span, followed by or including a line break.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, behindFirst start: Int, _ layout: RatingsLayout) {
        let delimiter = layout.delimiter
        let second = DecimalDigits(bytes, at: start)
        var end = start + second.count
        guard second.isPlain(bytes, at: start), delimiter.stands(at: end, in: bytes, before: bytes.count)
        else { return nil }
        end += delimiter.length
        guard let rating = Self.rating(bytes, &end) else { return nil }
        (self.second, self.rating) = (second.value, rating)
        if layout.timestamp != nil {
            guard delimiter.stands(at: end, in: bytes, before: bytes.count) else { return nil }
            end += delimiter.length
            let third = DecimalDigits(bytes, at: end)
            guard third.isPlain(bytes, at: end) else { return nil }
            end += third.count
            timestamp = third.value
        } else {
            timestamp = 0
        }
        if bytes[end] == UInt8(ascii: "\r") { end += 1 }
        guard bytes[end] == UInt8(ascii: "\n") else { return nil }
        self.end = end + 1
    }

    /// Parses the rating at a place and advances past it; nil if it is not plain.
    @inline(__always)
    private static func rating(_ bytes: Span<UInt8>, _ end: inout Int) -> Double? {
        let (digit, decimal) = (bytes[end] &- UInt8(ascii: "0"), bytes[end + 2] &- UInt8(ascii: "0"))
        guard digit <= 9, bytes[end + 1] == UInt8(ascii: "."), decimal <= 9, bytes[end + 3] &- UInt8(ascii: "0") > 9
        else { return longRating(bytes, &end) }
        end += 3
        return Double(10 * Int(digit) + Int(decimal)) / 10
    }

    /// Parses a rating other than a digit with one decimal.
    @inline(never)
    private static func longRating(_ bytes: Span<UInt8>, _ end: inout Int) -> Double? {
        let whole = DecimalDigits(bytes, at: end)
        end += whole.count
        guard bytes[end] == UInt8(ascii: ".") else {
            return 1...DecimalDigits.most ~= whole.count ? Double(whole.value) : nil
        }
        let decimals = DecimalDigits(bytes, at: end + 1)
        end += 1 + decimals.count
        guard 1...DecimalDigits.most ~= whole.count + decimals.count else { return nil }
        let scale = ParsedNumber.powersOfTen[decimals.count]
        return (Double(whole.value) * scale + Double(decimals.value)) / scale
    }
}

extension DecimalDigits {
    /// Whether the digits round-trip as a number: at least one, not too many, without leading zeros.
    @inline(__always)
    func isPlain(_ bytes: Span<UInt8>, at start: Int) -> Bool {
        (count == 1 || bytes[start] != UInt8(ascii: "0")) && 1...Self.most ~= count
    }
}
