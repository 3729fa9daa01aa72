import FileOutput
import Foundation
import Ratings

/// A catalog of items or users as a table: its rows, and the column of the ids.
///
/// Names of a header tell the columns, in any order; what the ids are is borne out by those that the ratings have. Without a
/// header, the column that has most of them holds the ids. Row numbers of pandas are no ids. No row is made of a header.
struct CatalogTable {
    let path: String
    /// The names of the columns; empty without a header.
    let names: [String]
    let rows: [[String]]
    /// The column of the ids.
    let id: Int

    /// What a catalog holds, for remedies.
    static let rowsExpected = "an id and a title or other attributes per line"

    /// The rows by which the ids are told.
    private static let sampleRows = 200

    /// - Parameters:
    ///   - role: user or item.
    ///   - vocabulary: the ids of the ratings.
    /// - Throws: `InputError` for what is no table.
    init(_ file: FileBytes, _ role: ColumnRole, _ vocabulary: Vocabulary) throws(InputError) {
        path = file.path
        var (names, records) = try Self.records(file, role, vocabulary)
        let hasHeader = !names.isEmpty
        let sample = records.prefix(Self.sampleRows)
        let columnCount = sample.map(\.count).max() ?? 0
        let found = (0..<columnCount).map { column in
            sample.count { $0.indices.contains(column) && Self.isKnown($0[column], vocabulary) }
        }
        func most(_ columns: some Sequence<Int>) -> Int? {
            columns.max { (found[$0], -$0) < (found[$1], -$1) }
        }
        func likely(_ names: [String]) -> Int? {
            most(names.indices.filter { $0 < columnCount && Self.namesID(names[$0], role) })
        }
        func knownCount(_ column: Int?) -> Int { column.map { found[$0] } ?? 0 }
        // R names no column of row names; a row with a delimiter in its title has a field too many as well.
        let ofR = [""] + names
        if hasHeader, sample.allSatisfy({ $0.count == ofR.count }), knownCount(likely(ofR)) >= knownCount(likely(names))
        {
            names = ofR
        }
        let best = most((0..<columnCount).filter { !names.indices.contains($0) || !names[$0].isEmpty })
        let column = likely(names).flatMap { found[$0] > 0 || found.allSatisfy { $0 == 0 } ? $0 : nil } ?? best ?? 0
        let ids = records.compactMap { $0.indices.contains(column) ? $0[column] : nil }
        if WholeNumberIDs.areWritten(in: [ids]) {
            for row in records.indices where records[row].indices.contains(column) {
                records[row][column] = WholeNumberIDs.text(records[row][column])
            }
        }
        self.names = names
        id = column
        rows = records.filter { $0.count >= 2 && $0.indices.contains(column) && !$0[column].isEmpty }
    }

    /// The ids of all rows.
    var ids: [String] { rows.map { $0[id] } }

    /// Refuses a catalog of something else.
    ///
    /// - Throws: `InputError` where no id is among those of the ratings.
    func requireKnown(_ vocabulary: Vocabulary, _ role: ColumnRole, path: String) throws(InputError) {
        guard vocabulary.count > 0, !ids.contains(where: { vocabulary.index(of: $0) != nil }) else { return }
        let name = names.indices.contains(id) && !names[id].isEmpty ? names[id] : "column \(id + 1)"
        let ours = (0..<min(3, vocabulary.count)).map { vocabulary[$0] }.joined(separator: ", ")
        // Messages are kept in logs, and say of users how many they are, not who.
        let unknown =
            role == .user
            ? "none of the \(ids.count.counted("id")) in \(name) is among the \(vocabulary.count.counted("user")) of the ratings"
            : "no id is among those of the ratings: \(ids.prefix(3).joined(separator: ", ")) in \(name), \(ours) in the ratings"
        throw InputError(
            file: path,
            problem: rows.isEmpty ? "no line has two or more fields" : unknown,
            remedy: rows.isEmpty ? "Expected \(Self.rowsExpected)." : "Name the catalog of these ratings.")
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

    /// Whether a column of a name may hold the ids.
    private static func namesID(_ name: String, _ role: ColumnRole) -> Bool {
        ColumnNames.meaning(of: name)?.role == role || ColumnNames.plain(name) == "id" || ColumnNames.isKey(name)
    }

    /// The names of the columns, none without a header, and the fields of the records.
    private static func records(
        _ file: FileBytes, _ role: ColumnRole, _ vocabulary: Vocabulary
    ) throws(InputError) -> (names: [String], records: [[String]]) {
        let bytes = file.data.span
        let preface = try TextPreface(bytes, isWhole: true, path: file.path, expected: rowsExpected)
        if preface.kind == .jsonLines { return objects(bytes, preface) }
        var records = delimited(file, preface, role, vocabulary)
        let hasHeader = isHeader(records, role, vocabulary)
        let names = hasHeader ? records.removeFirst() : []
        return (names, records)
    }

    /// The text and numbers of JSON objects.
    private static func objects(
        _ bytes: Span<UInt8>, _ preface: TextPreface
    ) -> (names: [String], records: [[String]]) {
        let names = JSONRecord.names(bytes, preface.lines)
        var records: [[String]] = []
        var cursor = LineCursor(preface.lines[0].range.lowerBound..<bytes.count)
        while let line = cursor.next(bytes) {
            guard let record = JSONRecord(bytes, line, keys: names) else { continue }
            records.append(record.fields.map { $0 ?? "" })
        }
        return (names, records)
    }

    /// The fields of a delimited text. In `::` and `|` of MovieLens quotes mean nothing, for some titles begin with one.
    private static func delimited(
        _ file: FileBytes, _ preface: TextPreface, _ role: ColumnRole, _ vocabulary: Vocabulary
    ) -> [[String]] {
        let bytes = file.data.span
        let first = preface.lines[0]
        let fixed = fixedDelimiter(file.path, excerpt(bytes, first.range))
        let sample = fixed == nil ? TextSample(bytes, preface.lines, delimiter: preface.delimiter) : nil
        let delimiter = fixed ?? sample?.delimiter ?? Delimiter(byte: UInt8(ascii: ","))
        let hasQuotes = fixed == nil && sample?.readsQuotes ?? true
        return DelimitedRecords(file, hasQuotes: hasQuotes).all(
            from: (first.range.lowerBound, first.number), commentMark: preface.commentMark,
            fieldLimit: sample.flatMap { fieldLimit($0, role, vocabulary) } ?? .max
        ) { _, _ in delimiter }.map(\.fields)
    }

    /// The number of columns, since a title at the end may have delimiters of its own; nil where R may have written the table.
    private static func fieldLimit(
        _ sample: TextSample, _ role: ColumnRole, _ vocabulary: Vocabulary
    ) -> Int? {
        let records = sample.records.map(\.fields)
        guard let names = records.first, isHeader(records, role, vocabulary) else { return sample.fieldCount }
        return records.dropFirst().allSatisfy { $0.count == names.count + 1 } ? nil : names.count
    }

    private static func fixedDelimiter(_ path: String, _ line: String) -> Delimiter? {
        if path.hasSuffix(".dat"), line.contains("::") { return Delimiter(byte: UInt8(ascii: ":"), isDoubled: true) }
        let isBarred = [".item", ".user", ".genre"].contains { path.hasSuffix($0) } && line.contains("|")
        return isBarred ? Delimiter(byte: UInt8(ascii: "|")) : nil
    }

    /// Whether the first record names the columns: an id and something else, or no id of the ratings and no digit above columns
    /// of numbers.
    private static func isHeader(_ records: [[String]], _ role: ColumnRole, _ vocabulary: Vocabulary) -> Bool {
        guard let first = records.first, first.count >= 2 else { return false }
        let known = first.count { namesID($0, role) || CatalogReader.isKnown(ColumnNames.plain($0)) }
        if known >= 2 { return true }
        if first.contains(where: { isKnown($0, vocabulary) }) { return false }
        let below = records.dropFirst().prefix(1000)
        let numeric = first.indices.filter { column in
            ColumnEvidence(below.lazy.compactMap { $0.indices.contains(column) ? $0[column] : nil }).isNumeric
        }
        return !numeric.isEmpty && numeric.allSatisfy { !first[$0].contains(where: \.isNumber) }
            && numeric.contains { !first[$0].isEmpty }
    }
}
