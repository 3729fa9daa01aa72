import FileOutput
import Foundation
import Ratings

/// A catalog of items or users as a table: its rows, and the column of the ids.
///
/// Names of a header tell the columns, in any order; what the ids are is borne out by those that the ratings have. Without a
/// header, the column that has most of them holds the ids. Row numbers of pandas are no ids. No row is made of a header.
struct CatalogTable {
    /// The names of the columns; empty without a header.
    let names: [String]
    let rows: [[String]]
    /// The column of the ids.
    let id: Int

    /// The rows by which the ids are told.
    private static let sampleRows = 10_000

    /// - Parameters:
    ///   - role: user or item.
    ///   - vocabulary: the ids of the ratings.
    init(_ file: FileBytes, _ role: ColumnRole, _ vocabulary: Vocabulary) {
        var records = Self.records(file)
        let hasHeader = Self.isHeader(records, role)
        var names = hasHeader ? records.removeFirst() : []
        let columnCount = records.map(\.count).max() ?? 0
        // R names no column of row names.
        if hasHeader, names.count == columnCount - 1 { names.insert("", at: 0) }
        let sample = records.prefix(Self.sampleRows)
        let found = (0..<columnCount).map { column in
            sample.count { $0.indices.contains(column) && Self.isKnown($0[column], vocabulary) }
        }
        let named = names.indices.filter { column in
            ColumnNames.meaning(of: names[column])?.role == role || ColumnNames.plain(names[column]) == "id"
                || ColumnNames.isKey(names[column])
        }
        func most(_ columns: some Sequence<Int>) -> Int? {
            columns.max { (found[$0], -$0) < (found[$1], -$1) }
        }
        let likely = most(named.filter { $0 < columnCount })
        let best = most((0..<columnCount).filter { !hasHeader || !names.indices.contains($0) || !names[$0].isEmpty })
        id = likely.flatMap { found[$0] > 0 || found.allSatisfy { $0 == 0 } ? $0 : nil } ?? best ?? 0
        self.names = names
        let column = id
        let ids = records.compactMap { $0.indices.contains(column) ? $0[column] : nil }
        if WholeNumberIDs.areWritten(in: [ids]) {
            for row in records.indices where records[row].indices.contains(column) {
                records[row][column] = WholeNumberIDs.text(records[row][column])
            }
        }
        rows = records.filter { $0.count >= 2 && $0.indices.contains(column) && !$0[column].isEmpty }
    }

    /// The column whose name is the first of some that is there.
    func column(_ meanings: [String]) -> Int? {
        let plain = names.map(ColumnNames.plain)
        return meanings.lazy.compactMap { plain.firstIndex(of: $0) }.first { $0 != id }
    }

    private static func isKnown(_ id: String, _ vocabulary: Vocabulary) -> Bool {
        vocabulary.index(of: id) != nil
            || WholeNumberIDs.areWritten(in: [[id]])
                && vocabulary.index(of: WholeNumberIDs.text(id)) != nil
    }

    /// The fields of a file. In `::` and `|` of MovieLens quotes mean nothing, for some titles begin with one.
    private static func records(_ file: FileBytes) -> [[String]] {
        let bytes = file.data.span
        var cursor = LineCursor(LineCursor.start(of: bytes)..<bytes.count)
        var lines: [(range: Range<Int>, number: Int)] = []
        while lines.count < 1000, let line = cursor.next(bytes) { lines.append((line, cursor.lineNumber)) }
        let fixed = lines.first.flatMap { fixedDelimiter(file.path, excerpt(bytes, $0.range)) }
        let sample = fixed == nil ? TextSample(bytes, lines) : nil
        let delimiter = fixed ?? sample?.delimiter ?? Delimiter(byte: UInt8(ascii: ","))
        let separatesValues = [UInt8(ascii: ","), UInt8(ascii: ";")].contains(delimiter.byte)
        let hasQuotes = fixed == nil && (separatesValues || sample?.hasQuotedFields ?? false)
        return DelimitedRecords(file, hasQuotes: hasQuotes).all { _, _ in delimiter }.map(\.fields)
    }

    private static func fixedDelimiter(_ path: String, _ line: String) -> Delimiter? {
        if path.hasSuffix(".dat"), line.contains("::") { return Delimiter(byte: UInt8(ascii: ":"), isDoubled: true) }
        let isBarred = [".item", ".user", ".genre"].contains { path.hasSuffix($0) } && line.contains("|")
        return isBarred ? Delimiter(byte: UInt8(ascii: "|")) : nil
    }

    /// Whether the first record names the columns: an id and something else, or no digit above columns of numbers.
    private static func isHeader(_ records: [[String]], _ role: ColumnRole) -> Bool {
        guard let first = records.first, first.count >= 2 else { return false }
        let known = first.count { name in
            ColumnNames.meaning(of: name)?.role == role || ColumnNames.plain(name) == "id"
                || CatalogReader.isKnown(ColumnNames.plain(name))
        }
        if known >= 2 { return true }
        let below = records.dropFirst().prefix(1000)
        let numeric = first.indices.filter { column in
            ColumnEvidence(below.lazy.compactMap { $0.indices.contains(column) ? $0[column] : nil }).isNumeric
        }
        return !numeric.isEmpty && numeric.allSatisfy { !first[$0].contains(where: \.isNumber) }
            && numeric.contains { !first[$0].isEmpty }
    }
}
