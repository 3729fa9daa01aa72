/// A field delimiter: one byte, two equal ones, or any number of spaces and tabs.
struct Delimiter: Sendable, Equatable {
    let byte: UInt8
    let isDoubled: Bool
    let isRun: Bool

    init(byte: UInt8, isDoubled: Bool = false, isRun: Bool = false) {
        self.byte = byte
        self.isDoubled = isDoubled
        self.isRun = isRun
    }

    var length: Int { isDoubled ? 2 : 1 }

    /// In order of preference where several split all lines evenly: decimals may have commas, titles commas and bars, and
    /// anything may contain spaces.
    static let candidates = [
        Delimiter(byte: UInt8(ascii: ":"), isDoubled: true),
        Delimiter(byte: UInt8(ascii: "\t")),
        Delimiter(byte: UInt8(ascii: ";")),
        Delimiter(byte: UInt8(ascii: "|")),
        Delimiter(byte: UInt8(ascii: ",")),
        Delimiter(byte: UInt8(ascii: " ")),
        .whitespace,
    ]

    /// Spaces and tabs, however many.
    static let whitespace = Delimiter(byte: UInt8(ascii: " "), isRun: true)

    /// In words, such as `comma-separated`.
    var name: String {
        if isRun { return "separated by spaces" }
        return switch byte {
        case UInt8(ascii: "\t"): "tab-separated"
        case UInt8(ascii: ","): "comma-separated"
        case UInt8(ascii: ";"): "semicolon-separated"
        case UInt8(ascii: " "): "space-separated"
        default: "separated by " + String(repeating: Character(Unicode.Scalar(byte)), count: length)
        }
    }

    func stands(at index: Int, in bytes: Span<UInt8>, before end: Int) -> Bool {
        bytes[index] == byte && (!isDoubled || (index + 1 < end && bytes[index + 1] == byte))
            || isRun && bytes[index] == UInt8(ascii: "\t")
    }

    /// Whether a byte is blank and no delimiter, so that it may surround a field.
    fileprivate func pads(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") && self.byte != byte || byte == UInt8(ascii: "\t") && self.byte != byte && !isRun
    }
}

/// How splitting a record went.
enum FieldSplit: Equatable {
    /// The record ends at this place, without its line break.
    case whole(end: Int)
    /// A quoted field is not closed within reach.
    case open
    /// Text follows a closing quote.
    case broken
}

/// Splits a record into fields, without the quotes of quoted ones and without the blanks around others.
///
/// A field that starts with `"` ends at the next `"` that is not doubled, as in RFC 4180, perhaps on a later line.
///
/// - Parameters:
///   - line: the first line of the record.
///   - hasQuotes: whether quotes mean anything.
///   - reach: where a quoted field has to be closed at the latest; by default within the line.
///   - fields: takes the places of the fields; a buffer that one caller reuses for all its records.
/// - Complexity: O(bytes of the record).
func splitRecord(
    _ bytes: Span<UInt8>, _ line: Range<Int>, _ delimiter: Delimiter, hasQuotes: Bool = true, reach: Int? = nil,
    into fields: inout [Range<Int>]
) -> FieldSplit {
    fields.removeAll(keepingCapacity: true)
    var (start, lineEnd) = (line.lowerBound, line.upperBound)
    if delimiter.isRun { (start, lineEnd) = trimmed(line, of: delimiter, in: bytes) }
    while true {
        while start < lineEnd, delimiter.pads(bytes[start]) { start += 1 }
        var end = start
        if hasQuotes, start < lineEnd, bytes[start] == UInt8(ascii: "\"") {
            guard let quote = closingQuote(bytes, start + 1..<max(lineEnd, reach ?? 0)) else { return .open }
            fields.append(start + 1..<quote)
            end = quote + 1
            if end > lineEnd { lineEnd = endOfLine(bytes, around: end) }
            while end < lineEnd, delimiter.pads(bytes[end]) { end += 1 }
            guard end == lineEnd || delimiter.stands(at: end, in: bytes, before: lineEnd) else { return .broken }
        } else {
            while end < lineEnd, !delimiter.stands(at: end, in: bytes, before: lineEnd) { end += 1 }
            var last = end
            while last > start, delimiter.pads(bytes[last - 1]) { last -= 1 }
            fields.append(start..<last)
        }
        guard end < lineEnd else { return .whole(end: lineEnd) }
        start = end + delimiter.length
        while delimiter.isRun, start < lineEnd, delimiter.stands(at: start, in: bytes, before: lineEnd) { start += 1 }
    }
}

/// Splits a line into fields, as `splitRecord` does.
///
/// - Returns: false where a quote is not closed.
func splitFields(
    _ bytes: Span<UInt8>, _ line: Range<Int>, _ delimiter: Delimiter, hasQuotes: Bool = true,
    into fields: inout [Range<Int>]
) -> Bool {
    if case .whole = splitRecord(bytes, line, delimiter, hasQuotes: hasQuotes, into: &fields) { return true }
    return false
}

/// The quote that closes a quoted field, from behind the opening one; nil if there is none.
private func closingQuote(_ bytes: Span<UInt8>, _ rest: Range<Int>) -> Int? {
    var index = rest.lowerBound
    while index < rest.upperBound {
        if bytes[index] != UInt8(ascii: "\"") {
            index += 1
        } else if index + 1 < rest.upperBound, bytes[index + 1] == UInt8(ascii: "\"") {
            index += 2
        } else {
            return index
        }
    }
    return nil
}

/// The end of the line that a place is on, without its line break.
private func endOfLine(_ bytes: Span<UInt8>, around place: Int) -> Int {
    var end = place
    while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
    return end > place && bytes[end - 1] == UInt8(ascii: "\r") ? end - 1 : end
}

/// A line without delimiters at its ends.
private func trimmed(_ line: Range<Int>, of delimiter: Delimiter, in bytes: Span<UInt8>) -> (start: Int, end: Int) {
    var (start, end) = (line.lowerBound, line.upperBound)
    while start < end, delimiter.stands(at: start, in: bytes, before: end) { start += 1 }
    while end > start, delimiter.stands(at: end - 1, in: bytes, before: end) { end -= 1 }
    return (start, end)
}

/// An excerpt for a message: at most 80 characters, control characters as dots.
func excerpt(_ bytes: Span<UInt8>, _ range: Range<Int>) -> String {
    let shown = range.prefix(80).map { bytes[$0] < 0x20 ? UInt8(ascii: ".") : bytes[$0] }
    return String(decoding: shown, as: UTF8.self) + (range.count > 80 ? "…" : "")
}
