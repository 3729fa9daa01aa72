import GRDB

/// A change that a sink may not have: of a rating, or of what is known of an item.
public struct OutboxEntry: Sendable, Equatable {
    /// Counts up over the life of the store; later changes have larger ones.
    public let number: Int64
    /// nil where the title or the genres of the item have changed.
    public let user: String?
    public let item: String
    /// The rating as it stands; nil where it was removed, and where the user does not consent to exports.
    public let rating: RatingRecord?
    /// When it was made, in seconds since 1970.
    public let written: Int64
}

extension Store {
    /// The number of the newest entry that there ever was; 0 before the first.
    public func outboxNumber() throws(StoreError) -> Int64 {
        try read(Self.outboxNumber)
    }

    /// Entries above a number, in the order of their numbers. Of each rating and each item there is the newest alone.
    public func outbox(after number: Int64, limit: Int) throws(StoreError) -> [OutboxEntry] {
        try read { database in
            let rows = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT entry, written, outbox.user, outbox.item, users.id, items.id, value, time, arrived,
                            ratings.seal
                        FROM outbox CROSS JOIN items ON items.item = outbox.item
                        LEFT JOIN users ON users.user = outbox.user
                        LEFT JOIN ratings_for_export AS ratings ON ratings.user = outbox.user AND ratings.item = outbox.item
                        WHERE entry > ? ORDER BY entry LIMIT ?
                        """), arguments: [number, limit])
            return try rows.map { row in
                let value: Double? = try row[at: 6]
                return OutboxEntry(
                    number: try row[at: 0], user: try row[at: 4], item: try row[at: 5],
                    rating: try value == nil ? nil : ratingRecord(row, from: 2), written: try row[at: 1])
            }
        }
    }

    /// How many entries a sink does not have, and when the oldest of them was written, in seconds since 1970; nothing for a sink
    /// that there is not.
    ///
    /// - Complexity: O(entries that it does not have).
    public func outboxLag(of sink: String) throws(StoreError) -> (entries: Int, oldest: Int64?) {
        try read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT count(*), min(written) FROM outbox
                    WHERE entry > (SELECT acknowledged FROM sinks WHERE sink = ?)
                    """, arguments: [sink])
            return try (row?[at: 0] ?? 0, row?[at: 1])
        }
    }

    /// The sink has all entries up to a number. What all sinks have is dropped.
    ///
    /// - Returns: false where another load has ended since the state was read, so that nothing is acknowledged.
    public func acknowledge(_ sink: SinkState, through number: Int64) throws(StoreError) -> Bool {
        try write { database in
            try database.execute(
                literal: """
                    UPDATE sinks SET acknowledged = max(acknowledged, \(number))
                    WHERE sink = \(sink.name) AND load = \(sink.load)
                    """)
            guard database.changesCount > 0 else { return false }
            try Self.trimOutbox(database)
            return true
        }
    }

    static func outboxNumber(_ database: Database) throws -> Int64 {
        try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'") ?? 0
    }

    static func trimOutbox(_ database: Database) throws {
        try database.execute(
            sql: "DELETE FROM outbox WHERE entry <= (SELECT ifnull(min(acknowledged), \(Int64.max)) FROM sinks)")
    }
}
