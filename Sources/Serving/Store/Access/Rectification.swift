import GRDB
import Ratings

/// What was wrong about a user, and what is right.
public enum Rectification: Sendable, Equatable {
    case rating(item: String, value: Float)
    case attribute(name: String, value: String)
}

extension Store {
    /// Puts what is right in the place of what was wrong, and removes the wrong value from the history too.
    ///
    /// - Throws: `StoreError.refused` where there is no such user, rating or attribute, or the value is off the scale.
    public func rectify(_ user: String, _ correction: Rectification, now: Int64) throws(StoreError) {
        let scale = try scale()
        try write { database in
            guard
                let number = try Int64.fetchOne(database, sql: "SELECT user FROM users WHERE id = ?", arguments: [user])
            else { throw StoreError.refused("there is no such user in the store") }
            switch correction {
            case .rating(let item, let value):
                guard scale?.contains(value) == true else {
                    let range = scale.map { "from \($0.lowerBound) to \($0.upperBound)" } ?? "on no scale yet"
                    throw StoreError.refused("the rating is \(value); a rating of this store is \(range)")
                }
                let applied = try Self.correct(number, user, item, value, database)
                followers.tell(applied, after: database)
            case .attribute(let name, let value):
                try Self.correct(number, name, value, database)
                var applied = AppliedChanges()
                applied.hasNewFacts = true
                followers.tell(applied, after: database)
            }
        }
    }

    private static func correct(
        _ user: Int64, _ id: String, _ item: String, _ value: Float, _ database: Database
    ) throws -> AppliedChanges {
        let row = try Row.fetchOne(
            database,
            sql: "SELECT item, time FROM ratings JOIN items USING (item) WHERE user = ? AND items.id = ?",
            arguments: [user, item])
        guard let row else { throw StoreError.refused("the user has not rated the item \(item)") }
        let (number, time): (Int64, Int64?) = try (row[at: 0], row[at: 1])
        try database.execute(
            sql: "UPDATE ratings SET value = ?, seal = ? WHERE user = ? AND item = ?",
            arguments: [
                Double(value), RowSeal.rating(user: user, item: number, value: Double(value), time: time), user, number,
            ])
        // A trigger has kept the wrong value.
        try database.execute(
            sql: "DELETE FROM rating_history WHERE user = ? AND item = ?", arguments: [user, number])
        try database.execute(sql: "INSERT INTO changed_users (user) VALUES (?)", arguments: [user])
        var applied = AppliedChanges()
        applied.number = database.lastInsertedRowID
        applied.changes = [.init(user: id, item: item, value: value, time: time)]
        return applied
    }

    private static func correct(_ user: Int64, _ name: String, _ value: String, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE user_attributes SET value = ? WHERE user = ? AND name = ?", arguments: [value, user, name])
        guard database.changesCount > 0 else {
            throw StoreError.refused("the user has no attribute \(name)")
        }
        try TableSeals.write(database)
    }
}
