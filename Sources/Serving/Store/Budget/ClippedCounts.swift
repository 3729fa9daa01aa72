import GRDB

/// Counts of ratings by the cells of a fixed domain, to which no user adds more than so many.
///
/// The domain does not depend on ratings: a cell that only appears once somebody has rated would tell of them.
public enum CountedView: String, Sendable, CaseIterable {
    /// By value, in steps of half the unit of the scale.
    case values = "rating_distribution"
    /// By genre of the catalog; a rating counts for each genre of its item.
    case genres = "genre_preference"
    /// By item that a catalog names; others are known by their ratings alone.
    case items = "top_items"
    /// By day of rating, over a range of days.
    case days = "ratings_per_day"

    /// The name of the column that tells cells apart.
    public var column: String {
        switch self {
        case .values: "value"
        case .genres: "genre"
        case .items: "id"
        case .days: "day"
        }
    }
}

/// What is counted before noise is added.
public struct ClippedCounts: Sendable, Equatable {
    public let cells: [String]
    public let counts: [Int64]
}

extension Store {
    /// - Parameters:
    ///   - contributions: how many ratings of each user count at most, 1 or more. Which is drawn by a hash of the item and the
    ///     user, the same each time.
    ///   - days: the days that are counted, since 1970; for `.days` alone.
    public func clippedCounts(
        _ view: CountedView, contributions: Int, days: ClosedRange<Int64> = 0...0
    ) throws(StoreError) -> ClippedCounts {
        let scale = try scale()
        return try read { database in
            switch view {
            case .values:
                guard let scale else { throw StoreError.refused("the store has no ratings, so no scale is known") }
                let halves = Int64((2 * scale.lowerBound).rounded(.down))...Int64((2 * scale.upperBound).rounded(.up))
                return try Self.counts(
                    halves.map { ($0, "\(Double($0) / 2)") }, "CAST(round(2 * value) AS INTEGER)", "true",
                    contributions, database)
            case .items:
                let items = try Row.fetchAll(
                    database, sql: "SELECT item, id FROM items WHERE title IS NOT NULL ORDER BY id")
                return try Self.counts(
                    items.map { (try $0[at: 0], try $0[at: 1]) }, "item", "true", contributions, database)
            case .days:
                return try Self.counts(
                    days.map { ($0, CivilTime(86_400 * $0).dayText) }, "time / 86400",
                    "time >= \(86_400 * days.lowerBound) AND time < \(86_400 * (days.upperBound + 1))",
                    contributions, database)
            case .genres: return try Self.genres(contributions, database)
            }
        }
    }

    /// Ratings of which each user has at most so many.
    private static func clipped(_ condition: String, _ contributions: Int) -> String {
        """
        SELECT user, item, value, time FROM (
            SELECT user, item, value, time, row_number() OVER (
                PARTITION BY user ORDER BY (item * 2654435761 + user * 40503) % 4294967296, item) AS place
            FROM ratings_for_analytics WHERE \(condition))
        WHERE place <= \(contributions)
        """
    }

    private static func counts(
        _ cells: [(Int64, String)], _ cell: String, _ condition: String, _ contributions: Int, _ database: Database
    ) throws -> ClippedCounts {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT \(cell), count(*) FROM (\(clipped(condition, contributions))) GROUP BY 1")
        let found: [Int64: Int64] = Dictionary(
            uniqueKeysWithValues: try rows.map { (try $0[at: 0], try $0[at: 1]) })
        return ClippedCounts(cells: cells.map(\.1), counts: cells.map { found[$0.0] ?? 0 })
    }

    private static func genres(_ contributions: Int, _ database: Database) throws -> ClippedCounts {
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT name, IFNULL(counted, 0) FROM genres LEFT JOIN (
                    SELECT genre, count(*) AS counted FROM (\(clipped("true", contributions)))
                    JOIN item_genres USING (item) GROUP BY genre) USING (genre) ORDER BY name
                """)
        return ClippedCounts(cells: try rows.map { try $0[at: 0] }, counts: try rows.map { try $0[at: 1] })
    }

    /// By how much one user changes the counts at most, summed over all cells. A rating counts as often as its item has genres,
    /// of which the catalog bounds the number.
    public func sensitivity(of view: CountedView, contributions: Int) throws(StoreError) -> Int64 {
        guard view == .genres else { return Int64(contributions) }
        let most = try read { database in
            try Int64.fetchOne(
                database, sql: "SELECT max(counted) FROM (SELECT count(*) AS counted FROM item_genres GROUP BY item)")
        }
        return Int64(contributions) * (most ?? 1)
    }
}
