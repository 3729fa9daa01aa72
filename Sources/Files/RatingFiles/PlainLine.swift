import FileOutput

/// A line of two whole numbers, a rating with digits and perhaps a third whole number, read in one pass over its bytes.
///
/// Most lines of most files are such lines. What is none, for whatever reason, is left to the splitting into fields, which
/// takes longer and knows everything; no line may be read here in another way than there.
struct PlainLine {
    let second: Int
    let rating: Double
    /// The number of the fourth field, or 0 where there is none.
    let timestamp: Int
    /// Where the next line begins.
    let end: Int

    /// Whether the lines of a layout may be plain: user and item in any order, rating, timestamp.
    static func suits(_ layout: RatingsLayout) -> Bool {
        max(layout.user, layout.item) == 1 && layout.rating == 2
            && layout.fieldCount == (layout.timestamp == nil ? 3 : 4)
    }

    /// The most bytes of a plain line, and what is read beyond it.
    static let reach = 128

    /// Reads the line whose second field begins at a place, or is nil where it is not plain.
    ///
    /// - Precondition: `reach` bytes from `start` are in the span, and a line break among or behind them.
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

    /// Reads the rating that begins at a place and goes on behind it; nil where it is not plain.
    @inline(__always)
    private static func rating(_ bytes: Span<UInt8>, _ end: inout Int) -> Double? {
        let (digit, decimal) = (bytes[end] &- UInt8(ascii: "0"), bytes[end + 2] &- UInt8(ascii: "0"))
        guard digit <= 9, bytes[end + 1] == UInt8(ascii: "."), decimal <= 9, bytes[end + 3] &- UInt8(ascii: "0") > 9
        else { return longRating(bytes, &end) }
        end += 3
        return Double(10 * Int(digit) + Int(decimal)) / 10
    }

    /// Reads a rating that is no digit with one decimal.
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
    /// Whether they spell a number that comes back as it was: some digits, not too many, without leading zeros.
    @inline(__always)
    func isPlain(_ bytes: Span<UInt8>, at start: Int) -> Bool {
        (count == 1 || bytes[start] != UInt8(ascii: "0")) && 1...Self.most ~= count
    }
}
