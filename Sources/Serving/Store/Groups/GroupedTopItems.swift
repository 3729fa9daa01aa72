import GRDB
public import Privacy

/// The windows of newest ratings that those are told of who may not see figures of few people: with windows of any length, the
/// difference of two would single out one rating.
public enum GroupedWindow {
    /// Seconds, ascending: half an hour, an hour, six hours, a day, a week and thirty days.
    public static let lengths: [Int64] = [1_800, 3_600, 21_600, 86_400, 604_800, 2_592_000]

    /// The shortest that is at least as long, or the longest.
    public static func length(_ seconds: Int64) -> Int64 {
        lengths.first { $0 >= seconds } ?? lengths[lengths.count - 1]
    }
}

extension Store {
    /// The items of which most ratings came in, where neither a figure nor its difference to that of a longer window, or of all
    /// time, is of fewer people than a group.
    ///
    /// - Parameters:
    ///   - now: the end of the windows, in seconds since 1970.
    ///   - seconds: the length of the window, one of `GroupedWindow.lengths`.
    ///   - limit: how many at most.
    /// - Returns: as `topItems(since:limit:)`.
    /// - Complexity: O(ratings).
    public func topItems(
        now: Int64, seconds: Int64, limit: Int, hiding group: SmallestGroup
    ) throws(StoreError) -> [TopItem] {
        try read { database in
            try TableSeals.catalogs.require(database, of: self)
            let windows = GroupedWindow.lengths.filter { $0 >= seconds }.reversed().map { now - $0 }
            let groups = try ItemGroups(database, group: group)
            let arrivals = try Self.arrivals(database, since: windows)
            var kept = groups.told.map { (item: $0, last: $0.ratings) }
            var isTold: [Bool] = []
            for (place, start) in windows.enumerated() {
                let counts = kept.map { arrivals[$0.item.number]?.counts[place] ?? 0 }
                isTold = try Self.told(counts, kept, start, database, group)
                for index in kept.indices where isTold[index] { kept[index].last = counts[index] }
            }
            let found = zip(kept, isTold).filter(\.1).map { one, _ in
                TopItem(
                    id: one.item.id, title: one.item.title, ratings: one.last,
                    average: (arrivals[one.item.number]?.sum ?? 0) / Double(one.last))
            }
            // Items are sorted by id.
            return Array(found.sorted { ($1.ratings, $1.average) < ($0.ratings, $0.average) }.prefix(limit))
        }
    }

    /// How many ratings of each item came in within each window, and the sum of those within the last.
    private static func arrivals(
        _ database: Database, since windows: [Int64]
    ) throws -> [Int64: (counts: [Int], sum: Double)] {
        let counts = windows.map { "sum(arrived >= \($0))" }.joined(separator: ", ")
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT item, total(CASE WHEN arrived >= \(windows.max() ?? 0) THEN value END), \(counts)
                FROM ratings_for_analytics WHERE arrived >= \(windows.min() ?? 0) GROUP BY item
                """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map { row in
                (try row[at: 0], (try windows.indices.map { try row[at: $0 + 2] }, try row[at: 1]))
            })
    }

    /// Which items are told of in a window: neither they nor those of the last longer window that is told, but not of this one,
    /// are too few, nor are those who have rated what is not told of.
    private static func told(
        _ counts: [Int], _ items: [(item: ItemGroups.Item, last: Int)], _ start: Int64, _ database: Database,
        _ group: SmallestGroup
    ) throws -> [Bool] {
        var told = zip(counts, items).map { $0 > 0 && group.allows($0, of: $1.last) }
        let numbers = zip(items, told).filter(\.1).map { "\($0.0.item.number)" }.joined(separator: ",")
        let rest =
            try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM (SELECT DISTINCT user FROM ratings_for_analytics WHERE arrived >= ?
                    AND item NOT IN (SELECT value FROM json_each(?)) LIMIT \(group.size))
                    """, arguments: [start, "[\(numbers)]"]) ?? 0
        let shown = told.indices.filter { told[$0] }
        if !group.allows(rest), let fewest = shown.min(by: { counts[$0] < counts[$1] }) { told[fewest] = false }
        return told
    }

    /// How many ratings came in within each minute since a moment, where that may be told beside the view
    /// `ratings_per_minute_of_arrival`; nil where it may not. Minutes without ratings are left out.
    ///
    /// The view may hide the minute with the fewest people beside those of too few. Only where these are enough within the
    /// minutes asked for is it known not to; else that minute is hidden here too.
    public func arrivals(
        since moment: Int64, hiding group: SmallestGroup
    ) throws(StoreError) -> [(minute: Int64, ratings: Int?)] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT arrived / 60, user, count(*) FROM ratings_for_analytics WHERE arrived >= ?
                    GROUP BY 1, 2 ORDER BY 1
                    """, arguments: [moment])
            var minutes: [(minute: Int64, users: [Int64], ratings: Int)] = []
            for row in rows {
                let minute: Int64 = try row[at: 0]
                if minutes.last?.minute != minute { minutes.append((minute, [], 0)) }
                minutes[minutes.count - 1].users.append(try row[at: 1])
                minutes[minutes.count - 1].ratings += try row[at: 2]
            }
            let hidden = Set(minutes.lazy.filter { !group.allows($0.users.count) }.flatMap(\.users))
            var told = minutes.map { group.allows($0.users.count) }
            if hidden.count < group.size,
                let fewest = told.indices.filter({ told[$0] }).min(by: {
                    minutes[$0].users.count < minutes[$1].users.count
                })
            {
                told[fewest] = false
            }
            return zip(minutes, told).map { (60 * $0.minute, $1 ? $0.ratings : nil) }
        }
    }
}
