/// A line of nothing but whole numbers and a rating with digits, read in one pass over its bytes.
///
/// Most lines of most files are such lines. What is none, for whatever reason, is left to the splitting into fields, which
/// takes longer and knows everything; no line may be read here in another way than there.
struct PlainLine {
    /// The numbers in the order of the line, as many as the layout has, and where they begin; the rating stands apart.
    private(set) var numbers = InlineArray<4, Int>(repeating: 0)
    private(set) var starts = InlineArray<4, Int>(repeating: 0)
    private(set) var rating = 0.0
    /// Where the next line begins.
    private(set) var end: Int

    /// Whether the lines of a layout may be plain.
    static func suits(_ layout: RatingsLayout) -> Bool { layout.fieldCount <= 4 }

    /// The most bytes of a plain line, and what is read beyond it.
    static let reach = 128

    /// Reads the line that begins at a place, or is nil where it is not plain.
    ///
    /// - Precondition: `reach` bytes from `start` are in the span, and a line break among or behind them.
    @inline(__always)
    init?(_ bytes: Span<UInt8>, from start: Int, _ layout: RatingsLayout) {
        end = start
        for place in 0..<layout.fieldCount {
            if place > 0 {
                guard layout.delimiter.stands(at: end, in: bytes, before: bytes.count) else { return nil }
                end += layout.delimiter.length
            }
            starts[place] = end
            let digits = DecimalDigits(bytes, at: end)
            end += digits.count
            if place == layout.rating {
                guard readRating(bytes, digits) else { return nil }
            } else {
                // Without leading zeros a number spells an id and comes back as it was.
                guard digits.count == 1 || bytes[starts[place]] != UInt8(ascii: "0"),
                    1...DecimalDigits.most ~= digits.count
                else { return nil }
                numbers[place] = digits.value
            }
        }
        if bytes[end] == UInt8(ascii: "\r") { end += 1 }
        guard bytes[end] == UInt8(ascii: "\n") else { return nil }
        end += 1
    }

    /// Reads on behind the first digits of a rating.
    @inline(__always)
    private mutating func readRating(_ bytes: Span<UInt8>, _ whole: DecimalDigits) -> Bool {
        guard bytes[end] == UInt8(ascii: ".") else {
            rating = Double(whole.value)
            return 1...DecimalDigits.most ~= whole.count
        }
        let (digit, next) = (bytes[end + 1] &- UInt8(ascii: "0"), bytes[end + 2] &- UInt8(ascii: "0"))
        if whole.count == 1, digit <= 9, next > 9 {
            rating = Double(10 * whole.value + Int(digit)) / 10
            end += 2
            return true
        }
        let decimals = DecimalDigits(bytes, at: end + 1)
        end += 1 + decimals.count
        guard 1...DecimalDigits.most ~= whole.count + decimals.count else { return false }
        let scale = ParsedNumber.powersOfTen[decimals.count]
        rating = (Double(whole.value) * scale + Double(decimals.value)) / scale
        return true
    }

    /// Where the digits of a whole number stand.
    func field(_ place: Int, in bytes: Span<UInt8>) -> Range<Int> {
        starts[place]..<starts[place] + DecimalDigits(bytes, at: starts[place]).count
    }
}
