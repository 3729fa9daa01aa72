import FileOutput
import GRDB

/// A rating of the store with the title of its item.
public struct StoredRating: Sendable, Equatable {
    public let event: RatingEvent
    public let title: String?
}

extension Store {
    /// What a user has rated, by item; nil for a user who is not known.
    ///
    /// - Parameter purpose: what the ratings have to count for, of which those of a withheld user are none; nil for all ratings.
    /// - Complexity: O(the user's ratings).
    public func ratings(ofUser id: String, for purpose: Purpose? = nil) throws(StoreError) -> [StoredRating]? {
        try read { database in
            guard let user = try Int64.fetchOne(database, sql: "SELECT user FROM users WHERE id = ?", arguments: [id])
            else { return nil }
            let source = try purpose.map { try Self.ratings(for: [$0], database) } ?? "ratings"
            return try ratings(
                database, "SELECT * FROM \(source) WHERE user = ?", orderedBy: "found.item", arguments: [user])
        }
    }

    /// The ratings that came in last of those that count for analytics, newest first; of those that came at once, as from a
    /// file, by their own times.
    public func newestRatings(limit: Int) throws(StoreError) -> [StoredRating] {
        try read { database in
            try ratings(
                database, "SELECT * FROM ratings_for_analytics ORDER BY arrived DESC, time DESC, user, item LIMIT ?",
                orderedBy: "found.arrived DESC, time DESC, found.user, found.item", arguments: [limit])
        }
    }

    private func ratings(
        _ database: Database, _ selection: String, orderedBy order: String, arguments: StatementArguments
    ) throws -> [StoredRating] {
        let statement = try database.cachedStatement(
            sql: """
                SELECT users.id, items.id, value, time, title, found.user, found.item, found.seal, users.seal, items.seal
                FROM (\(selection)) AS found
                JOIN users ON users.user = found.user JOIN items ON items.item = found.item ORDER BY \(order)
                """)
        return try Row.fetchAll(statement, arguments: arguments).map { row in
            let (user, item): (String, String) = try (row[at: 0], row[at: 1])
            let (value, time): (Double, Int64?) = try (row[at: 2], row[at: 3])
            let (userNumber, itemNumber): (Int64, Int64) = try (row[at: 5], row[at: 6])
            let expected = [
                RowSeal.rating(user: userNumber, item: itemNumber, value: value, time: time),
                RowSeal.id(userNumber, user), RowSeal.id(itemNumber, item),
            ]
            for (place, seal) in zip(7..., expected) {
                let kept: Int64? = try row[at: place]
                guard kept == nil || kept == seal else {
                    throw changed(1, "rating of item \(item) by user \(user), or these ids")
                }
            }
            return StoredRating(
                event: RatingEvent(user: user, item: item, value: Float(value), time: time), title: try row[at: 4])
        }
    }

    /// Rows that are not as they were written.
    func changed(_ count: Int, _ what: String) -> StoreError {
        .inconsistent(
            path: path, problem: "\(count.counted("row")) (\(what)) changed since kindred wrote it",
            remedy: Self.acceptingRows)
    }

    /// Users whose ratings have changed, other than by imports, since those that the newest run was computed of, each with the
    /// number of the newest change.
    public func changedUsers() throws(StoreError) -> [(user: String, number: Int64)] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT id, max(change) FROM changed_users JOIN users USING (user) GROUP BY user ORDER BY user"
            ).map { (try $0[at: 0], try $0[at: 1]) }
        }
    }

    /// The number of the newest change of ratings other than by imports since the newest run, 0 where there is none.
    public func newestChange() throws(StoreError) -> Int64 {
        try read { try Int64.fetchOne($0, sql: "SELECT max(change) FROM changed_users") ?? 0 }
    }

    /// Another number after each commit of another program, and the same after those of this one.
    public func otherWriters() throws(StoreError) -> Int64 {
        try Self.translating(path) {
            try database.writeWithoutTransaction { try Int64.fetchOne($0, sql: "PRAGMA data_version") ?? 0 }
        }
    }

    /// How many imports have ended.
    public func importCount() throws(StoreError) -> Int { try read(Self.importCount) }

    static func importCount(_ database: Database) throws -> Int {
        try Int.fetchOne(database, sql: "SELECT count(*) FROM imports WHERE finished IS NOT NULL AND is_told = 0") ?? 0
    }

    /// The numbers of users, items and ratings that count for analytics.
    public func counts() throws(StoreError) -> (users: Int, items: Int, ratings: Int) {
        try read { database in
            let withheld = "(SELECT count(*) FROM withheld_users WHERE purpose = 'analytics')"
            let counts = try [
                "SELECT count(*) - \(withheld) FROM users", "SELECT count(*) FROM items",
                "SELECT count(*) FROM \(Self.ratings(for: [.analytics], database))",
            ].map { try Int.fetchOne(database, sql: $0) ?? 0 }
            return (counts[0], counts[1], counts[2])
        }
    }

    /// Forgets what was asked for under keys before a time, in seconds since 1970: the same key then asks for something new.
    public func forgetIdempotencyKeys(before time: Int64) throws(StoreError) {
        try write { try $0.execute(sql: "DELETE FROM idempotency_keys WHERE created < ?", arguments: [time]) }
    }
}
