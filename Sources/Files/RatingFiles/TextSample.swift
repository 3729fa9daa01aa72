/// The first records of a delimited text: what the layout is detected from.
struct TextSample {
    struct Record {
        let fields: [String]
        /// Counted from 1.
        let line: Int
        /// The place of its first byte.
        let start: Int
    }

    /// As many records as are looked at.
    private static let recordLimit = 1000

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
        var best: (evenness: Double, sample: TextSample)?
        for leastFields in [3, 2] where best == nil {
            for candidate in candidates {
                let sample = TextSample(bytes, lines, splitBy: candidate)
                guard let evenness = sample.evenness(leastFields) else { continue }
                // Single spaces that leave fields empty are runs of spaces.
                if candidate == Delimiter(byte: UInt8(ascii: " ")), sample.hasEmptyFields { continue }
                if evenness > (best?.evenness ?? 0) + 1e-9 { best = (evenness, sample) }
            }
        }
        guard let best else { return nil }
        self = best.sample
    }

    private init(_ bytes: Span<UInt8>, _ lines: [(range: Range<Int>, number: Int)], splitBy delimiter: Delimiter) {
        self.delimiter = delimiter
        var records: [Record] = []
        var fields: [Range<Int>] = []
        var (quotedCount, strayCount) = (0, 0)
        var place = 0
        while place < lines.count, records.count < Self.recordLimit {
            let first = lines[place]
            place += 1
            let reach = min(bytes.count, first.range.lowerBound + LineCursor.longestLine)
            if case .whole(let end) = splitRecord(bytes, first.range, delimiter, reach: reach, into: &fields) {
                while place < lines.count, lines[place].range.lowerBound < end { place += 1 }
                quotedCount += fields.count { $0.lowerBound > 0 && bytes[$0.lowerBound - 1] == UInt8(ascii: "\"") }
            } else {
                // A bad row, or one whose quotes are characters like any other.
                _ = splitFields(bytes, first.range, delimiter, hasQuotes: false, into: &fields)
                strayCount += 1
            }
            records.append(
                Record(fields: fields.map { text(bytes, $0) }, line: first.number, start: first.range.lowerBound))
        }
        self.records = records
        hasQuotedFields = quotedCount > strayCount
    }

    /// The share of records with the most frequent number of fields; nil where that is too small.
    ///
    /// A first record with one field fewer counts as even: R names no column of row names.
    private func evenness(_ leastFields: Int) -> Double? {
        let count = fieldCount
        guard count >= leastFields else { return nil }
        let even = records.enumerated().count { place, record in
            record.fields.count == count || place == 0 && records.count > 2 && record.fields.count == count - 1
        }
        return Double(even) / Double(records.count)
    }

    /// The most frequent number of fields; of equally frequent ones the first.
    var fieldCount: Int {
        var counts: [Int: Int] = [:]
        for record in records { counts[record.fields.count, default: 0] += 1 }
        let most = counts.values.max() ?? 0
        return records.first { counts[$0.fields.count] == most }?.fields.count ?? 0
    }

    private var hasEmptyFields: Bool { records.contains { $0.fields.contains("") } }
}

/// The text of a field, for a look at it; a doubled quote stays doubled.
private func text(_ bytes: Span<UInt8>, _ field: Range<Int>) -> String {
    String(decoding: field.prefix(200).map { bytes[$0] }, as: UTF8.self)
}
