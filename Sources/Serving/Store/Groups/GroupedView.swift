public import FileOutput
import GRDB
public import Privacy
import Ratings

/// The views of analytics as those see them who may not see figures of few people: the same columns, without the rows that have
/// to be hidden.
///
/// Ratings are cut by value, by item, by time and by time of arrival, and each cut is suppressed by itself, longer periods before
/// shorter ones. Figures of genres are sums over the items that are told, for genres overlap.
enum GroupedView {
    /// How many people have rated, counted up to the smallest group.
    static func people(_ database: Database, _ group: SmallestGroup) throws -> Int {
        try Int.fetchOne(
            database,
            sql: "SELECT count(*) FROM (SELECT DISTINCT user FROM ratings_for_analytics LIMIT \(group.size))") ?? 0
    }

    /// All rows that are told, in the order of the view.
    static func table(_ name: String, _ database: Database, _ group: SmallestGroup) throws -> DataTable {
        switch name {
        case "rating_distribution": try values(database, group)
        case "top_items": try topItems(database, group)
        case "top_items_bayesian": try bayesianItems(database, group)
        case "cold_items": try coldItems(database, group)
        case "genre_preference": try genres(database, group)
        case "ratings_per_minute": try periods(database, "time", "minute", [86_400, 3_600, 60], group)
        case "ratings_per_hour": try periods(database, "time", "hour", [86_400, 3_600], group)
        case "ratings_per_day": try periods(database, "time", "day", [86_400], group)
        case "user_activity": try months(database, group)
        case "ratings_per_minute_of_arrival": try arrivals(database, group)
        default: throw StoreError.refused("\(name) is about single users, and has no groups to be told of")
        }
    }

    // MARK: Values

    private static func values(_ database: Database, _ group: SmallestGroup) throws -> DataTable {
        let rows = try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT value, count(*), sum(counted) FROM (
                    SELECT value, user, count(*) AS counted FROM ratings_for_analytics GROUP BY value, user)
                GROUP BY value ORDER BY value
                """)
        let cells: [(value: Double, people: Int, ratings: Int)] = try rows.map {
            (try $0[at: 0], try $0[at: 1], try $0[at: 2])
        }
        let small = cells.filter { !group.allows($0.people) }.map(\.value)
        let rest =
            try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM (SELECT DISTINCT user FROM ratings_for_analytics
                    WHERE value IN (\(small.map { "\($0)" }.joined(separator: ", "))) LIMIT \(group.size))
                    """) ?? 0
        let told = try Suppression(group).told(
            people: cells.map(\.people), parents: cells.map { _ in 0 },
            tellsParent: [group.allows(people(database, group))], rest: [rest])
        let total = Double(cells.reduce(0) { $0 + $1.ratings })
        return DataTable(
            columns: ["value", "ratings", "share"],
            rows: zip(cells, told).filter(\.1).map { cell, _ in
                [.real(cell.value), .integer(Int64(cell.ratings)), .real(Double(cell.ratings) / total)]
            }, suppressed: told.count { !$0 })
    }

    // MARK: Items

    private static func topItems(_ database: Database, _ group: SmallestGroup) throws -> DataTable {
        let groups = try ItemGroups(database, group: group)
        let items = groups.items.filter { $0.ratings >= AnalyticsView.fewest }
        return DataTable(
            columns: ["id", "title", "ratings", "average"],
            rows: items.filter(\.isTold).sorted { ($1.average, $1.ratings) < ($0.average, $0.ratings) }.map { item in
                row(item, .real(item.average))
            }, suppressed: items.count { !$0.isTold })
    }

    private static func bayesianItems(_ database: Database, _ group: SmallestGroup) throws -> DataTable {
        let groups = try ItemGroups(database, group: group)
        let fewest = Double(AnalyticsView.fewest)
        let items = groups.told.map { item in
            (item: item, average: (item.sum + fewest * groups.mean) / (Double(item.ratings) + fewest))
        }
        return DataTable(
            columns: ["id", "title", "ratings", "bayesian_average"],
            rows: items.sorted { ($1.average, $1.item.ratings) < ($0.average, $0.item.ratings) }.map { item, average in
                row(item, .real(average))
            }, suppressed: groups.items.count - items.count)
    }

    private static func row(_ item: ItemGroups.Item, _ last: DataTable.Value) -> [DataTable.Value] {
        [.text(item.id), item.title.map(DataTable.Value.text) ?? .null, .integer(Int64(item.ratings)), last]
    }

    /// With the default group, those that nobody has rated.
    private static func coldItems(_ database: Database, _ group: SmallestGroup) throws -> DataTable {
        let told = Set(try ItemGroups(database, group: group).told.map(\.id).map(ExactText.init))
        let rows = try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT id, title, IFNULL(counted, 0) AS ratings, average FROM items LEFT JOIN (
                    SELECT item, count(*) AS counted, avg(value) AS average FROM ratings_for_analytics
                    GROUP BY item) USING (item)
                WHERE IFNULL(counted, 0) < 5 ORDER BY ratings, title, id
                """)
        let shown = try rows.filter { row in
            let (id, ratings): (String, Int) = (try row[at: 0], try row[at: 2])
            return ratings == 0 || told.contains(ExactText(id))
        }
        return DataTable(
            columns: ["id", "title", "ratings", "average"],
            rows: shown.map { Array($0.databaseValues.map(DataTable.Value.init)) },
            suppressed: rows.count - shown.count)
    }

    private static func genres(_ database: Database, _ group: SmallestGroup) throws -> DataTable {
        let groups = try ItemGroups(database, group: group)
        let places = Dictionary(uniqueKeysWithValues: groups.items.enumerated().map { ($1.number, $0) })
        var sums: [String: (ratings: Int, sum: Double)] = [:]
        let memberships = try GRDB.Row.fetchCursor(
            database, sql: "SELECT item, name FROM item_genres JOIN genres USING (genre) ORDER BY item, genre")
        while let row = try memberships.next() {
            guard let place = places[try row[at: 0]] else { continue }
            let item = groups.items[place]
            var sum = sums[try row[at: 1], default: (0, 0)]
            if item.isTold { sum = (sum.ratings + item.ratings, sum.sum + item.sum) }
            sums[try row[at: 1]] = sum
        }
        let told = sums.filter { $0.value.ratings > 0 }.map { name, sum in
            (name: name, ratings: sum.ratings, average: sum.sum / Double(sum.ratings))
        }
        return DataTable(
            columns: ["genre", "ratings", "average", "above_mean"],
            rows: told.sorted { ($1.average, $0.name) < ($0.average, $1.name) }.map { one in
                [
                    .text(one.name), .integer(Int64(one.ratings)), .real(one.average),
                    .real(one.average - groups.mean),
                ]
            }, suppressed: sums.count - told.count)
    }

    // MARK: Periods

    private static func periods(
        _ database: Database, _ column: String, _ name: String, _ lengths: [Int64], _ group: SmallestGroup
    ) throws -> DataTable {
        let shortest = lengths[lengths.count - 1]
        let groups = try PeriodGroups(database, column: column, length: shortest, group: group)
        let level = groups.level([CivilTime.month] + lengths.map(CivilTime.period), group: group)
        return periods(level, name) { shortest == 86_400 ? CivilTime($0).dayText : CivilTime($0).minuteText }
    }

    /// No longer periods are told of.
    private static func arrivals(_ database: Database, _ group: SmallestGroup) throws -> DataTable {
        let groups = try PeriodGroups(database, column: "arrived", length: 60, group: group)
        return periods(groups.level([{ $0 }], group: group), "minute") { CivilTime($0).minuteText }
    }

    private static func periods(
        _ level: PeriodGroups.Level, _ name: String, _ text: (Int64) -> String
    ) -> DataTable {
        DataTable(
            columns: [name, "ratings", "average"],
            rows: level.starts.indices.filter { level.told[$0] }.map { place in
                [
                    .text(text(level.starts[place])), .integer(Int64(level.ratings[place])),
                    .real(level.sums[place] / Double(level.ratings[place])),
                ]
            }, suppressed: level.told.count { !$0 })
    }

    private static func months(_ database: Database, _ group: SmallestGroup) throws -> DataTable {
        let groups = try PeriodGroups(database, column: "time", length: 86_400, group: group)
        let level = groups.level([CivilTime.month], group: group)
        return DataTable(
            columns: ["month", "active_users", "ratings", "ratings_per_user"],
            rows: level.starts.indices.filter { level.told[$0] }.map { place in
                let month = level.starts[place]
                return [
                    .text(CivilTime(year: month / 12, month: month % 12 + 1).monthText),
                    .integer(Int64(level.people[place])), .integer(Int64(level.ratings[place])),
                    .real(Double(level.ratings[place]) / Double(level.people[place])),
                ]
            }, suppressed: level.told.count { !$0 })
    }
}

extension AnalyticsView {
    /// Whether its rows are about single users, so that no group of them can be told.
    public var isAboutSingleUsers: Bool { name == "active_users" }

    /// The view's rows as those see them who may not see figures of fewer people than a group, at most `limit`; the table says
    /// how many are hidden. Whatever is asked for, the same rows are hidden.
    ///
    /// - Parameters:
    ///   - newest: whether they are the last ones, by the first column, instead of the first; ascending either way.
    ///   - timeLimit: seconds.
    ///   - stop: ends it from another thread.
    public func table(
        ofStoreAt path: String, hiding group: SmallestGroup, limit: Int, newest: Bool = false,
        timeLimit: Double = 600, stop: QueryStop = QueryStop()
    ) throws(StoreError) -> DataTable {
        var query = ReadOnlyQuery("")
        query.timeLimit = timeLimit
        let table = try query.reading(storeAt: path, stop: stop) { try GroupedView.table(name, $0, group) }
        guard newest else { return table.first(limit) }
        let rows = table.rows.sorted { Self.precedes($0[0], $1[0]) }
        return DataTable(
            columns: table.columns, rows: Array(rows.suffix(limit)), isTruncated: false, suppressed: table.suppressed)
    }

    private static func precedes(_ one: DataTable.Value, _ other: DataTable.Value) -> Bool {
        switch (one, other) {
        case (.real(let a), .real(let b)): a < b
        case (.text(let a), .text(let b)): a.utf8.lexicographicallyPrecedes(b.utf8)
        default: false
        }
    }
}

extension DataTable {
    fileprivate func first(_ limit: Int) -> DataTable {
        DataTable(
            columns: columns, rows: Array(rows.prefix(limit)), isTruncated: rows.count > limit, suppressed: suppressed)
    }
}
