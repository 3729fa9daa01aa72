public import FileOutput
import Foundation
import GRDB

/// Everything that a store holds of one user, table by table, with nobody else in it.
public struct PersonalData: Sendable {
    public struct Table: Sendable {
        public let name: String
        /// For people.
        public let meaning: String
        public let rows: DataTable
    }

    public let user: String
    /// Those with rows alone, by name.
    public let tables: [Table]
}

extension Store {
    /// What the store holds of a user: the rows of every table with a column of users, what was not taken and names them, the
    /// imports, and where data went that may hold them.
    ///
    /// Numbers of items are ids and titles. Of near users there is how near they are, not who they are.
    ///
    /// - Returns: nil for somebody of whom there is nothing.
    /// - Complexity: O(their rows + rejected rows).
    public func personalData(of id: String) throws(StoreError) -> PersonalData? {
        try read { database in
            let reader = PersonalReader(database, id: id)
            let own = try reader.own() + reader.mentions()
            guard !own.isEmpty else { return nil }
            let tables = try own + reader.context()
            return PersonalData(user: id, tables: tables.sorted { $0.name < $1.name })
        }
    }
}

private struct PersonalReader {
    let database: Database
    let id: String
    let mention: IDMention

    init(_ database: Database, id: String) {
        self.database = database
        self.id = id
        mention = IDMention(id)
    }

    /// Rows by the number or the id of the user.
    func own() throws -> [PersonalData.Table] {
        let user = try Int64.fetchOne(database, sql: "SELECT user FROM users WHERE id = ?", arguments: [id])
        let tables = try Row.fetchAll(
            database,
            sql: """
                SELECT list.name, info.type FROM pragma_table_list AS list, pragma_table_info(list.name) AS info
                WHERE list.schema = 'main' AND list.type = 'table' AND info.name = 'user' AND list.name <> 'outbox'
                ORDER BY list.name
                """)
        return try tables.compactMap { row in
            let (name, type): (String, String) = try (row[at: 0], row[at: 1])
            guard let key = type == "TEXT" ? id.databaseValue : user?.databaseValue else { return nil }
            return try table(name, "WHERE found.user = ?", [key])
        }
    }

    /// What is kept as it came, and names them.
    func mentions() throws -> [PersonalData.Table] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT source, line, reason, text FROM rejected_rows JOIN imports USING (import)"
        )
        .filter { mention.isIn(try $0[at: 3] as String) }
        let messages = try Row.fetchAll(
            database, sql: "SELECT topic, partition, offset, reason, bytes, arrived FROM rejected_messages"
        )
        .filter { mention.isIn(try $0[at: 4] as Data) }
        return [
            table("rejected_rows", ["source", "line", "reason", "text"], rows),
            table("rejected_messages", ["topic", "partition", "offset", "reason", "text", "arrived"], messages),
        ].compactMap { $0 }
    }

    /// Where it came from, and where it may have gone.
    func context() throws -> [PersonalData.Table] {
        let imports = try Row.fetchAll(
            database, sql: "SELECT source, checksum, started, finished FROM imports ORDER BY import")
        let streams = try Row.fetchAll(
            database,
            sql: "SELECT consumer_group, topic FROM stream_offsets GROUP BY consumer_group, topic ORDER BY 1, 2")
        let outputs = try Row.fetchAll(
            database, sql: "SELECT kind, place, written FROM outputs WHERE holds_people ORDER BY place")
        let sinks = try Row.fetchAll(database, sql: "SELECT sink FROM sinks ORDER BY sink")
        return [
            table("imports", ["source", "checksum", "started", "finished"], imports),
            table("stream_offsets", ["consumer_group", "topic"], streams),
            table("outputs", ["kind", "place", "written"], outputs),
            table("sinks", ["sink"], sinks),
        ].compactMap { $0 }
    }

    private func table(_ name: String, _ condition: String, _ arguments: StatementArguments) throws -> PersonalData
        .Table?
    {
        let columns = try String.fetchAll(
            database, sql: "SELECT name FROM pragma_table_info(?) ORDER BY cid", arguments: [name])
        // Checksums mean nothing to a person, and a number of the store or another user is nobody's business.
        let own = columns.filter { !["user", "seal", "item", "neighbor"].contains($0) }
        let hasItems = columns.contains("item")
        let chosen = (hasItems ? ["items.id AS item_id", "title"] : []) + own.map { "found.\"\($0)\"" }
        let selection = chosen.isEmpty ? "1 AS present" : chosen.joined(separator: ", ")
        let join = hasItems ? "LEFT JOIN items ON items.item = found.item" : ""
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT \(selection) FROM \"\(name)\" AS found \(join) \(condition) ORDER BY \(order(columns))",
            arguments: arguments)
        return table(name, (hasItems ? ["item_id", "title"] : []) + (chosen.isEmpty ? ["present"] : own), rows)
    }

    private func order(_ columns: [String]) -> String {
        columns.map { "found.\"\($0)\"" }.joined(separator: ", ")
    }

    private func table(_ name: String, _ columns: [String], _ rows: [Row]) -> PersonalData.Table? {
        guard !rows.isEmpty else { return nil }
        let meaning = SchemaGuide.relations.first { $0.name == name }?.meaning ?? ""
        let values = rows.map { row in Array(row.databaseValues).map(Self.value) }
        return .init(name: name, meaning: meaning, rows: DataTable(columns: columns, rows: values))
    }

    private static func value(_ value: DatabaseValue) -> DataTable.Value {
        switch value.storage {
        case .null: .null
        case .int64(let number): .integer(number)
        case .double(let number): .real(number)
        case .string(let text): .text(text)
        // Messages are text, mostly.
        case .blob(let bytes): String(validating: bytes, as: UTF8.self).map(DataTable.Value.text) ?? .bytes(bytes)
        }
    }
}
