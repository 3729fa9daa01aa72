/// A field delimiter: one byte, or two equal ones.
struct Delimiter: Sendable, Equatable {
    let byte: UInt8
    let isDoubled: Bool

    var length: Int { isDoubled ? 2 : 1 }

    /// In order of preference: titles may contain commas, and anything may contain spaces.
    static let candidates = [
        Delimiter(byte: UInt8(ascii: ":"), isDoubled: true),
        Delimiter(byte: UInt8(ascii: "\t"), isDoubled: false),
        Delimiter(byte: UInt8(ascii: ","), isDoubled: false),
        Delimiter(byte: UInt8(ascii: ";"), isDoubled: false),
        Delimiter(byte: UInt8(ascii: "|"), isDoubled: false),
        Delimiter(byte: UInt8(ascii: " "), isDoubled: false),
    ]

    /// The first candidate that splits a line into at least three fields.
    static func detect(_ bytes: Span<UInt8>, _ line: Range<Int>) -> Delimiter? {
        var fields: [Range<Int>] = []
        return candidates.first {
            splitFields(bytes, line, $0, into: &fields) && fields.count >= 3
        }
    }

    func stands(at index: Int, in bytes: Span<UInt8>, before end: Int) -> Bool {
        bytes[index] == byte && (!isDoubled || (index + 1 < end && bytes[index + 1] == byte))
    }
}

/// Splits a line into fields, without the quotes of quoted ones.
///
/// A field that starts with `"` ends at the next `"` that is not doubled, as in RFC 4180.
///
/// - Parameters:
///   - hasQuotes: whether quotes mean anything.
///   - fields: takes the places of the fields; a buffer that one caller reuses for all its lines.
/// - Returns: false where a quote is not closed.
func splitFields(
    _ bytes: Span<UInt8>, _ line: Range<Int>, _ delimiter: Delimiter, hasQuotes: Bool = true,
    into fields: inout [Range<Int>]
) -> Bool {
    fields.removeAll(keepingCapacity: true)
    var start = line.lowerBound
    while true {
        let isQuoted = hasQuotes && start < line.upperBound && bytes[start] == UInt8(ascii: "\"")
        guard let end = fieldEnd(bytes, start..<line.upperBound, delimiter, isQuoted) else {
            return false
        }
        fields.append(isQuoted ? start + 1..<end - 1 : start..<end)
        guard end < line.upperBound else { return true }
        start = end + delimiter.length
    }
}

/// The end of the first field of `rest`; nil if its quote is not closed before a delimiter or the end.
private func fieldEnd(
    _ bytes: Span<UInt8>, _ rest: Range<Int>, _ delimiter: Delimiter, _ isQuoted: Bool
) -> Int? {
    var index = rest.lowerBound
    if isQuoted {
        index += 1
        while true {
            guard index < rest.upperBound else { return nil }
            if bytes[index] != UInt8(ascii: "\"") {
                index += 1
            } else if index + 1 < rest.upperBound, bytes[index + 1] == UInt8(ascii: "\"") {
                index += 2
            } else {
                break
            }
        }
        let end = index + 1
        return end == rest.upperBound || delimiter.stands(at: end, in: bytes, before: rest.upperBound)
            ? end : nil
    }
    while index < rest.upperBound, !delimiter.stands(at: index, in: bytes, before: rest.upperBound) {
        index += 1
    }
    return index
}
