/// The first records of a delimited text as a table.
struct SampleTable {
    /// The fields of the first record, as many as there are columns.
    let names: [String]
    /// What the columns hold below the first record, and with it where that is no header.
    private(set) var evidence: [ColumnEvidence]
    /// Whether the first record names the columns: it looks so, or the user has named them by it.
    var hasHeader: Bool { didSet { if hasHeader { evidence = below } } }
    /// Whether the first record looks like a header.
    let looksLikeHeader: Bool
    /// Whether the header counts the columns from 0.
    let hasNumericHeader: Bool
    /// The fields of the first row.
    var example: [String] { hasHeader ? second : names }

    private let below: [ColumnEvidence]
    private let second: [String]

    /// Whether the names stand in a comment, and the first record is a row.
    let hasCommentedHeader: Bool

    /// - Parameter comment: the fields of the comment before the records.
    init(_ sample: TextSample, comment: [String] = []) {
        let count = sample.fieldCount
        let known = Set(comment.compactMap { ColumnNames.meaning(of: $0)?.role })
        hasCommentedHeader = comment.count == count && known.count >= 2
        var names = hasCommentedHeader ? comment : sample.records[0].fields
        // R names no column of row names.
        if names.count == count - 1 { names.insert("", at: 0) }
        names = Array((names + repeatElement("", count: max(0, count - names.count))).prefix(count))
        let rows = sample.records.dropFirst(hasCommentedHeader ? 0 : 1).map(\.fields).filter { $0.count == count }
        self.names = names
        second = rows.first ?? names
        below = (0..<count).map { column in ColumnEvidence(rows.lazy.map { $0[column] }) }
        hasNumericHeader = Self.countsColumns(names, below)
        looksLikeHeader = hasCommentedHeader || hasNumericHeader || Self.namesColumns(names, below)
        hasHeader = looksLikeHeader
        evidence =
            looksLikeHeader
            ? below : (0..<count).map { column in ColumnEvidence(([names] + rows).lazy.map { $0[column] }) }
    }

    /// Whether a name in the header is known for a role.
    func knows(_ role: ColumnRole) -> Bool { names.contains { ColumnNames.meaning(of: $0)?.role == role } }

    /// Whether a first record names at least two roles, or has no digit in any column that has digits below.
    private static func namesColumns(_ names: [String], _ below: [ColumnEvidence]) -> Bool {
        let known = Set(names.compactMap { ColumnNames.meaning(of: $0)?.role })
        if known.count >= 2 { return true }
        let numeric = names.indices.filter { below[$0].isNumeric }
        return !numeric.isEmpty
            && numeric.allSatisfy { !names[$0].utf8.contains { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } }
            && numeric.contains { !names[$0].isEmpty }
    }

    /// Whether a first record is 0, 1, 2, 3 above columns of which the last is none of small numbers: the header that
    /// pandas gives to a table without names.
    private static func countsColumns(_ names: [String], _ below: [ColumnEvidence]) -> Bool {
        guard names.count >= 4, names == (0..<names.count).map(String.init), let last = below.last else { return false }
        return last.areMoments
    }
}
