/// The first records of a delimited text: what the layout is detected from.
struct TextSample {
    struct Record {
        let fields: [String]
        /// Counted from 1.
        let line: Int
        /// The place of its first byte.
        let start: Int
    }

    let delimiter: Delimiter
    let records: [Record]
    /// Whether quotes enclose fields: some are closed at the end of their fields, and none elsewhere.
    let hasQuotedFields: Bool

    /// - Parameters:
    ///   - lines: the first lines that are neither blank nor comments.
    ///   - delimiter: nil to choose the one that splits most records into the same number of fields: at least three where
    ///     there is such a one, else two.
    init?(_ bytes: Span<UInt8>, _ lines: [(range: Range<Int>, number: Int)], delimiter chosen: Delimiter? = nil) {
        let candidates = chosen.map { [$0] } ?? Delimiter.candidates
        let shapes = candidates.map { Shape(bytes, lines, splitBy: $0) }
        var best: (evenness: Double, delimiter: Delimiter)?
        for leastFields in [3, 2] where best == nil {
            for (candidate, shape) in zip(candidates, shapes) {
                guard let evenness = shape.evenness(leastFields) else { continue }
                // Single spaces that leave fields empty are runs of spaces.
                if candidate == Delimiter(byte: UInt8(ascii: " ")), shape.hasEmptyFields { continue }
                if evenness > (best?.evenness ?? 0) + 1e-9 { best = (evenness, candidate) }
            }
        }
        guard let best else { return nil }
        delimiter = best.delimiter
        var records: [Record] = []
        var (quotedCount, strayCount) = (0, 0)
        forEachRecord(bytes, lines, delimiter) { line, fields, isWhole in
            records.append(
                Record(fields: fields.map { text(bytes, $0) }, line: line.number, start: line.range.lowerBound))
            if isWhole {
                quotedCount += fields.count { $0.lowerBound > 0 && bytes[$0.lowerBound - 1] == UInt8(ascii: "\"") }
            } else {
                strayCount += 1
            }
        }
        self.records = records
        hasQuotedFields = quotedCount > strayCount
    }

    /// Whether quotes enclose fields: between commas and semicolons always, elsewhere where some are seen to.
    var readsQuotes: Bool { ",;".utf8.contains(delimiter.byte) || hasQuotedFields }

    /// The most frequent number of fields.
    var fieldCount: Int { mostFrequent(records.map(\.fields.count)) }
}

/// As many records as are looked at.
private let recordLimit = 300

/// Calls a function with the line and the fields of each record, and with whether its quotes are closed where they should
/// be. Where they are not, it is a bad row, or quotes are characters like any other.
private func forEachRecord(
    _ bytes: Span<UInt8>, _ lines: [(range: Range<Int>, number: Int)], _ delimiter: Delimiter,
    _ body: (_ line: (range: Range<Int>, number: Int), _ fields: [Range<Int>], _ isWhole: Bool) -> Void
) {
    var fields: [Range<Int>] = []
    var (place, count) = (0, 0)
    while place < lines.count, count < recordLimit {
        let first = lines[place]
        place += 1
        count += 1
        let reach = min(bytes.count, first.range.lowerBound + LineCursor.longestLine)
        if case .whole(let end) = splitRecord(bytes, first.range, delimiter, reach: reach, into: &fields) {
            while place < lines.count, lines[place].range.lowerBound < end { place += 1 }
            body(first, fields, true)
        } else {
            _ = splitFields(bytes, first.range, delimiter, hasQuotes: false, into: &fields)
            body(first, fields, false)
        }
    }
}

/// How a delimiter splits records.
private struct Shape {
    private var counts: [Int] = []
    private(set) var hasEmptyFields = false

    init(_ bytes: Span<UInt8>, _ lines: [(range: Range<Int>, number: Int)], splitBy delimiter: Delimiter) {
        forEachRecord(bytes, lines, delimiter) { _, fields, _ in
            counts.append(fields.count)
            hasEmptyFields = hasEmptyFields || fields.contains(where: \.isEmpty)
        }
    }

    /// The share of records with the most frequent number of fields; nil where that is too small.
    ///
    /// A first record with one field fewer counts as even: R names no column of row names.
    func evenness(_ leastFields: Int) -> Double? {
        let count = mostFrequent(counts)
        guard count >= leastFields else { return nil }
        let even = counts.enumerated().count { place, own in
            own == count || place == 0 && counts.count > 2 && own == count - 1
        }
        return Double(even) / Double(counts.count)
    }
}

/// The most frequent number; of equally frequent ones the first; 0 for none.
private func mostFrequent(_ numbers: [Int]) -> Int {
    var counts: [Int: Int] = [:]
    for number in numbers { counts[number, default: 0] += 1 }
    let most = counts.values.max() ?? 0
    return numbers.first { counts[$0] == most } ?? 0
}

/// The text of a field, for a look at it; a doubled quote stays doubled.
private func text(_ bytes: Span<UInt8>, _ field: Range<Int>) -> String {
    String(decoding: field.prefix(200).map { bytes[$0] }, as: UTF8.self)
}
