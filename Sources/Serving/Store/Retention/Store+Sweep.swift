import GRDB

/// Rows of a table that are older than they may be.
public struct OverdueRows: Sendable, Equatable, Codable {
    public let table: String
    /// The days for which rows are kept.
    public let days: Int
    public let rows: Int
    /// Since when the oldest of them is there, in seconds since 1970; nil where there are none.
    public let oldest: Int64?

    package init(table: String, days: Int, rows: Int, oldest: Int64?) {
        self.table = table
        self.days = days
        self.rows = rows
        self.oldest = oldest
    }
}

extension Store {
    /// How many rows go at once: others write between.
    private static let sweptRows = 5_000

    /// Counts the rows that a sweep would remove.
    ///
    /// - Parameters:
    ///   - days: for which rows of the table are kept.
    ///   - now: seconds since 1970.
    public func overdue(_ table: SweptTable, after days: Int, now: Int64) throws(StoreError) -> OverdueRows {
        try read { database in
            let row = try Row.fetchOne(
                database,
                sql: """
                    SELECT count(*), min(since) FROM (SELECT \(table.time) AS since FROM \(table.rawValue))
                    WHERE since < ?
                    """, arguments: [Self.limit(days, now)])
            return try OverdueRows(
                table: table.rawValue, days: days, rows: row?[at: 0] ?? 0, oldest: row?[at: 1])
        }
    }

    /// Removes rows that are older than they may be, in batches of 5,000.
    ///
    /// - Parameter isStopped: asked between batches; what is left goes with the next sweep.
    /// - Returns: what was removed.
    public func sweep(
        _ table: SweptTable, after days: Int, now: Int64, isStopped: () -> Bool = { false }
    ) throws(StoreError) -> OverdueRows {
        let overdue = try overdue(table, after: days, now: now)
        var removed = 0
        while removed < overdue.rows, !isStopped() {
            let count = try write { database in
                try database.execute(
                    sql: """
                        DELETE FROM \(table.rawValue) WHERE (\(table.key)) IN (
                            SELECT \(table.key) FROM \(table.rawValue) WHERE \(table.time) < ? LIMIT \(Self.sweptRows))
                        """, arguments: [Self.limit(days, now)])
                return database.changesCount
            }
            // Somebody else has removed the rest.
            if count == 0 { break }
            removed += count
        }
        return OverdueRows(table: table.rawValue, days: days, rows: removed, oldest: removed > 0 ? overdue.oldest : nil)
    }

    private static func limit(_ days: Int, _ now: Int64) -> Int64 { now - 86_400 * Int64(days) }
}
