import GRDB

/// A rating of the store with the title of its item.
public struct StoredRating: Sendable, Equatable {
    public let event: RatingEvent
    public let title: String?
}

extension Store {
    /// What a user has rated, by item; nil for a user who is not known.
    ///
    /// - Complexity: O(the user's ratings).
    public func ratings(ofUser id: String) throws(StoreError) -> [StoredRating]? {
        try read { database in
            guard let user = try Int64.fetchOne(database, sql: "SELECT user FROM users WHERE id = ?", arguments: [id])
            else { return nil }
            return try Self.ratings(
                database, "SELECT * FROM ratings WHERE user = ?", orderedBy: "found.item", arguments: [user])
        }
    }

    /// The newest ratings by their times, newest first.
    public func newestRatings(limit: Int) throws(StoreError) -> [StoredRating] {
        try read { database in
            try Self.ratings(
                database, "SELECT * FROM ratings ORDER BY time DESC, user, item LIMIT ?",
                orderedBy: "time DESC, found.user, found.item", arguments: [limit])
        }
    }

    private static func ratings(
        _ database: Database, _ selection: String, orderedBy order: String, arguments: StatementArguments
    ) throws -> [StoredRating] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT users.id, items.id, value, time, title FROM (\(selection)) AS found
                JOIN users ON users.user = found.user JOIN items ON items.item = found.item ORDER BY \(order)
                """)
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            StoredRating(
                event: RatingEvent(user: row[0], item: row[1], value: row[2], time: row[3]), title: row[4])
        }
    }

    /// Users whose ratings have changed by submissions since those that the newest run was computed of.
    public func changedUsers() throws(StoreError) -> Set<String> {
        try read { database in
            try String.fetchSet(database, sql: "SELECT DISTINCT id FROM changed_users JOIN users USING (user)")
        }
    }

    /// How many imports have ended.
    public func importCount() throws(StoreError) -> Int { try read(Self.importCount) }

    static func importCount(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM imports WHERE finished IS NOT NULL") ?? 0
    }

    /// The numbers of users, items and ratings.
    public func counts() throws(StoreError) -> (users: Int, items: Int, ratings: Int) {
        try read { database in
            let counts = try ["users", "items", "ratings"].map {
                try Int.fetchOne(database, sql: "SELECT count(*) FROM \($0)") ?? 0
            }
            return (counts[0], counts[1], counts[2])
        }
    }

    /// Forgets what was asked for under keys before a time, in seconds since 1970: the same key then asks for something new.
    public func forgetIdempotencyKeys(before time: Int64) throws(StoreError) {
        try write { try $0.execute(sql: "DELETE FROM idempotency_keys WHERE created < ?", arguments: [time]) }
    }
}
