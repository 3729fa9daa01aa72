import Foundation
import GRDB
import Platform

extension Store {
    /// Removes everything that the tables hold of a user, in one commit that also begins the erasure, and tells those who follow
    /// the store.
    ///
    /// Tables are found by their columns: whatever has a column `user` or `neighbor` with the number of a user, or `user` with the
    /// id, loses their rows. What was computed with them goes as a whole where it is not by user.
    ///
    /// - Returns: nil where the store has nothing of them.
    /// - Complexity: O(their rows), and O(catalog) for the checksums of tables.
    public func beginErasure(of id: String, now: Int64) throws(StoreError) -> ErasureJob? {
        let token = [UInt8](Self.random(16)).hexadecimal
        return try write { database in
            let eraser = RowEraser(database, id: id, now: now)
            guard try eraser.run() else { return nil }
            try Tombstones.add(id, now: now, to: database)
            var done = ErasureRecord()
            done.rows = eraser.counts
            let job = ErasureJob(
                token: token, begun: now, step: .rows, id: id, items: eraser.items, done: done)
            try Self.write(job, to: database)
            followers.tell(eraser.applied, after: database)
            return job
        }
    }

    static func random(_ count: Int) -> Data {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }
}

/// Removes a user within a transaction.
private final class RowEraser {
    private let database: Database
    private let id: String
    private let now: Int64
    private let mention: IDMention
    private(set) var counts: [String: Int] = [:]
    /// What they rated, now or before.
    private(set) var items: [String] = []
    private(set) var applied = AppliedChanges()

    init(_ database: Database, id: String, now: Int64) {
        self.database = database
        self.id = id
        self.now = now
        mention = IDMention(id)
    }

    /// - Returns: whether there was anything.
    func run() throws -> Bool {
        let user = try Int64.fetchOne(database, sql: "SELECT user FROM users WHERE id = ?", arguments: [id])
        if let user { try erase(user) }
        try eraseMentions()
        return user != nil || !counts.isEmpty
    }

    private func erase(_ user: Int64) throws {
        let numbers = try Int64.fetchAll(
            database,
            sql: "SELECT item FROM ratings WHERE user = ?1 UNION SELECT item FROM rating_history WHERE user = ?1",
            arguments: [user])
        items = try numbers.map { number in
            try String.fetchOne(database, sql: "SELECT id FROM items WHERE item = ?", arguments: [number]) ?? ""
        }
        try tell(user)
        try delete(from: "rating_history", "user = ?", [user])
        // Its trigger moves ratings into the history, which goes once more with the other tables.
        try delete(from: "ratings", "user = ?", [user])
        try database.execute(sql: "DELETE FROM rating_history WHERE user = ?", arguments: [user])
        for (table, column, isID) in try tablesOfUsers() where table != "ratings" && table != "users" {
            try delete(from: table, "\(column) = ?", [isID ? id.databaseValue : user.databaseValue])
        }
        try delete(from: "users", "user = ?", [user])
        try forgetComputed()
        try leaveItems(numbers)
        try TableSeals.write(database)
    }

    /// Those who follow the graph find each rating gone.
    private func tell(_ user: Int64) throws {
        let rated = try String.fetchAll(
            database,
            sql: "SELECT items.id FROM ratings JOIN items USING (item) WHERE ratings.user = ? ORDER BY item",
            arguments: [user])
        applied.changes = rated.map { .init(user: id, item: $0, value: nil, time: nil) }
        applied.hasNewFacts = true
        applied.erased = id
        try delete(from: "changed_users", "user = ?", [user])
        // For a number that no other change has; the row goes with the table's.
        try database.execute(sql: "INSERT INTO changed_users (user) VALUES (?)", arguments: [user])
        applied.number = database.lastInsertedRowID
        try database.execute(sql: "DELETE FROM changed_users WHERE user = ?", arguments: [user])
    }

    /// Tables with a column of users, those that refer to others first.
    private func tablesOfUsers() throws -> [(table: String, column: String, isID: Bool)] {
        try Row.fetchAll(
            database,
            sql: """
                SELECT list.name, info.name, info.type FROM pragma_table_list AS list, pragma_table_info(list.name) AS info
                WHERE list.schema = 'main' AND list.type = 'table' AND list.name NOT LIKE 'sqlite_%'
                    AND info.name IN ('user', 'neighbor') ORDER BY list.name, info.name
                """
        ).map { row in
            let type: String = try row[at: 2]
            return (try row[at: 0], try row[at: 1], type == "TEXT")
        }
    }

    private func delete(from table: String, _ condition: String, _ arguments: StatementArguments) throws {
        try database.execute(sql: "DELETE FROM \(table) WHERE \(condition)", arguments: arguments)
        if database.changesCount > 0 { counts[table, default: 0] += database.changesCount }
    }

    /// The files of the newest run hold everybody's ratings; a refresh makes them anew.
    private func forgetComputed() throws {
        try delete(from: "run_files", "true", [])
        try database.execute(sql: "UPDATE runs SET files = zeroblob(0) WHERE run = (SELECT max(run) FROM runs)")
    }

    /// Items that the store knows from them alone go; of the others, sinks have to count the ratings again.
    private func leaveItems(_ numbers: [Int64]) throws {
        let isFollowed = try Bool.fetchOne(database, sql: "SELECT EXISTS (SELECT 1 FROM sinks)") ?? false
        for item in numbers {
            let isTheirs =
                try Bool.fetchOne(
                    database,
                    sql: """
                        SELECT title IS NULL AND NOT EXISTS (SELECT 1 FROM ratings WHERE item = ?1)
                            AND NOT EXISTS (SELECT 1 FROM rating_history WHERE item = ?1)
                            AND NOT EXISTS (SELECT 1 FROM item_genres WHERE item = ?1) FROM items WHERE item = ?1
                        """, arguments: [item]) ?? false
            if isTheirs {
                try delete(from: "recommendations", "item = ?", [item])
                try delete(from: "outbox", "item = ?", [item])
                try delete(from: "items", "item = ?", [item])
                continue
            }
            try database.execute(
                sql: """
                    UPDATE items SET popularity = (SELECT count(*) FROM ratings WHERE item = ?1)
                    WHERE item = ?1 AND popularity > (SELECT count(*) FROM ratings WHERE item = ?1)
                    """, arguments: [item])
            guard isFollowed else { continue }
            try database.execute(sql: "DELETE FROM outbox WHERE user = 0 AND item = ?", arguments: [item])
            try database.execute(
                sql: "INSERT INTO outbox (user, item, written) VALUES (0, ?, ?)", arguments: [item, now])
        }
    }

    /// What was not taken is kept as it came, and may name them.
    private func eraseMentions() throws {
        let rows = try Row.fetchAll(database, sql: "SELECT import, line, text FROM rejected_rows")
        for row in rows where mention.isIn(try row[at: 2] as String) {
            try delete(
                from: "rejected_rows", "import = ? AND line = ?", [try row[at: 0] as Int64, try row[at: 1] as Int64])
        }
        let messages = try Row.fetchAll(
            database, sql: "SELECT topic, partition, offset, bytes, reason FROM rejected_messages")
        for row in messages {
            let (bytes, reason): (Data, String) = try (row[at: 3], row[at: 4])
            guard mention.isIn(bytes) || mention.isIn(reason) else { continue }
            try delete(
                from: "rejected_messages", "topic = ? AND partition = ? AND offset = ?",
                [try row[at: 0] as String, try row[at: 1] as Int64, try row[at: 2] as Int64])
        }
        for key in try String.fetchAll(database, sql: "SELECT key FROM idempotency_keys") where mention.isIn(key) {
            try delete(from: "idempotency_keys", "key = ?", [key])
        }
        let failed = try Row.fetchAll(database, sql: "SELECT path, reason FROM watched_files WHERE reason IS NOT NULL")
        for row in failed where mention.isIn(try row[at: 1] as String) {
            try database.execute(
                sql: "UPDATE watched_files SET reason = NULL WHERE path = ?", arguments: [try row[at: 0] as String])
        }
    }
}
