import GRDB
import Privacy

/// Ratings by nested periods of time: months hold days, these hours, and these minutes.
///
/// One pass of SQL brings a row for each user and shortest period; people are counted by marks, so that no sets of members are
/// kept.
struct PeriodGroups {
    /// The periods of one length, ascending.
    struct Level {
        var starts: [Int64] = []
        var people: [Int] = []
        var ratings: [Int] = []
        var sums: [Double] = []
        var told: [Bool] = []
        fileprivate var parents: [Int] = []
        /// The period of each row.
        fileprivate var periods: [Int] = []
    }

    /// What a user has rated within one of the shortest periods.
    private struct Row {
        let start: Int64
        let user: Int
        let ratings: Int
        let sum: Double
    }

    private let rows: [Row]
    private let userLimit: Int
    /// Users of ratings without a time, of whom as many are read as matter.
    private let timeless: [Int]
    private let people: Int

    /// - Parameters:
    ///   - column: `time`, or `arrived`.
    ///   - length: seconds of the shortest periods that are asked for.
    init(_ database: Database, column: String, length: Int64, group: SmallestGroup) throws {
        var rows: [Row] = []
        var most = 0
        let cursor = try GRDB.Row.fetchCursor(
            database,
            sql: """
                SELECT \(column) / \(length), user, count(*), sum(value) FROM ratings_for_analytics
                WHERE \(column) IS NOT NULL GROUP BY 1, 2 ORDER BY 1
                """)
        while let row = try cursor.next() {
            let period: Int64 = try row[at: 0]
            rows.append(try Row(start: period * length, user: row[at: 1], ratings: row[at: 2], sum: row[at: 3]))
            most = max(most, rows[rows.count - 1].user)
        }
        timeless = try Int.fetchAll(
            database,
            sql: "SELECT DISTINCT user FROM ratings_for_analytics WHERE \(column) IS NULL LIMIT \(group.size)")
        people = try GroupedView.people(database, group)
        self.rows = rows
        userLimit = max(most, timeless.max() ?? 0) + 1
    }

    /// The last of these periods, with what may be told of them.
    ///
    /// - Parameter starts: of each length, longest first, the start of the period that a time lies in.
    func level(_ starts: [(Int64) -> Int64], group: SmallestGroup) -> Level {
        var level = Level()
        level.told = [group.allows(people)]
        level.periods = [Int](repeating: 0, count: rows.count)
        for (depth, start) in starts.enumerated() {
            var next = periods(in: level, start)
            let rest = rest(of: next, parents: level.told.count, isFirst: depth == 0, group)
            next.told = Suppression(group).told(
                people: next.people, parents: next.parents, tellsParent: level.told, rest: rest)
            level = next
        }
        return level
    }

    private func periods(in parent: Level, _ start: (Int64) -> Int64) -> Level {
        var level = Level()
        var marks = [Int](repeating: -1, count: userLimit)
        for (index, row) in rows.enumerated() {
            let period = start(row.start)
            if level.starts.last != period {
                level.starts.append(period)
                level.people.append(0)
                level.ratings.append(0)
                level.sums.append(0)
                level.parents.append(parent.periods[index])
            }
            let place = level.starts.count - 1
            level.periods.append(place)
            level.ratings[place] += row.ratings
            level.sums[place] += row.sum
            if marks[row.user] != place {
                marks[row.user] = place
                level.people[place] += 1
            }
        }
        return level
    }

    /// Of each parent the number of people in its periods of too few, and in no period.
    private func rest(of level: Level, parents: Int, isFirst: Bool, _ group: SmallestGroup) -> [Int] {
        var rest = [Int](repeating: 0, count: parents)
        var marks = [Int](repeating: -1, count: userLimit)
        if isFirst {
            for user in timeless { marks[user] = 0 }
            rest[0] = timeless.count
        }
        for (index, row) in rows.enumerated() where !group.allows(level.people[level.periods[index]]) {
            let parent = level.parents[level.periods[index]]
            if marks[row.user] != parent {
                marks[row.user] = parent
                rest[parent] += 1
            }
        }
        return rest
    }
}
