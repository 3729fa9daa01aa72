import GRDB

/// Writes ratings, many in one statement.
enum RatingInsert {
    struct Row {
        let user: Int64
        let item: Int64
        let value: Float
        /// Seconds since 1970.
        let time: Int64?

        /// What there is one rating of.
        var place: Place { Place(user: user, item: item) }

        struct Place: Hashable {
            let user: Int64
            let item: Int64
        }
    }

    private static let rowsInStatement = 500

    /// A rating replaces an earlier one of the same user and item unless that is later or the same: so say the triggers of the
    /// schema, which also keep whatever does not count.
    ///
    /// - Parameter arrived: when they came in, in seconds since 1970.
    static func insert(_ rows: [Row], arrived: Int64, into database: Database) throws {
        // By user and item the rows go into the tree beside each other; of equal ones the order counts.
        let order = rows.indices.sorted {
            (rows[$0].user, rows[$0].item, $0) < (rows[$1].user, rows[$1].item, $1)
        }
        for start in stride(from: 0, to: order.count, by: rowsInStatement) {
            let part = order[start..<min(start + rowsInStatement, order.count)].map { rows[$0] }
            let statement = try database.cachedStatement(sql: sql(rows: part.count))
            var values: [DatabaseValue] = []
            values.reserveCapacity(6 * part.count)
            for row in part {
                values.append(row.user.databaseValue)
                values.append(row.item.databaseValue)
                values.append(Double(row.value).databaseValue)
                values.append(row.time.databaseValue)
                values.append(
                    RowSeal.rating(user: row.user, item: row.item, value: Double(row.value), time: row.time)
                        .databaseValue)
                values.append(arrived.databaseValue)
            }
            statement.setUncheckedArguments(StatementArguments(values))
            try statement.execute()
        }
    }

    private static func sql(rows: Int) -> String {
        let places = Array(repeating: "(?, ?, ?, ?, ?, ?)", count: rows).joined(separator: ", ")
        return """
            INSERT INTO ratings (user, item, value, time, seal, arrived) VALUES \(places)
            ON CONFLICT (user, item) DO UPDATE
                SET value = excluded.value, time = excluded.time, seal = excluded.seal, arrived = excluded.arrived
            """
    }
}
