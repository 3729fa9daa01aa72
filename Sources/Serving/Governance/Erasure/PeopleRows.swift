/// The rows of a CSV file of which some columns name users, as the exports of Kindred do.
package struct PeopleRows {
    private let bytes: [UInt8]

    /// Columns that name users: of graphs, lists, the view of active users, and what Gephi and Neo4j import.
    private static let columns: Set<String> = [
        "user_id", "id", "source", "target", "Id", "Source", "Target", "userId:ID(User)", ":START_ID(User)",
        ":END_ID(User)",
    ]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The file without the rows of a user.
    ///
    /// - Returns: nil where no column is known to name users.
    package func without(_ id: String) -> (bytes: [UInt8], removed: Int)? {
        var place = 0
        guard let header = record(from: &place) else { return nil }
        let columns = header.fields.indices.filter { Self.columns.contains(header.fields[$0]) }
        guard !columns.isEmpty else { return nil }
        // An apostrophe stands before what a spreadsheet would run.
        let spellings = [id, "'" + id]
        var kept = Array(bytes[header.range])
        var removed = 0
        while let next = record(from: &place) {
            let isTheirs = columns.contains { column in
                column < next.fields.count && spellings.contains { $0.utf8.elementsEqual(next.fields[column].utf8) }
            }
            if isTheirs { removed += 1 } else { kept += bytes[next.range] }
        }
        return (kept, removed)
    }

    /// The next record with its line break (RFC 4180); nil at the end.
    private func record(from place: inout Int) -> (range: Range<Int>, fields: [String])? {
        guard place < bytes.count else { return nil }
        let start = place
        var fields: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        let (quote, comma, feed, cr) = (UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        loop: while place < bytes.count {
            let byte = bytes[place]
            place += 1
            switch byte {
            case quote where isQuoted && place < bytes.count && bytes[place] == quote:
                field.append(quote)
                place += 1
            case quote: isQuoted.toggle()
            case comma where !isQuoted:
                fields.append(String(decoding: field, as: UTF8.self))
                field = []
            case feed where !isQuoted: break loop
            case cr where !isQuoted: break
            default: field.append(byte)
            }
        }
        fields.append(String(decoding: field, as: UTF8.self))
        return (start..<place, fields)
    }
}
