import GRDB
import Privacy

/// The items that somebody has rated, and whether the figures of each may be told. Each user rates an item once, so that its
/// ratings are its people.
struct ItemGroups {
    struct Item {
        let number: Int64
        let id: String
        let title: String?
        let ratings: Int
        let sum: Double
        var isTold = false

        var average: Double { sum / Double(ratings) }
    }

    /// By id.
    let items: [Item]
    /// Of all ratings.
    let mean: Double

    var told: [Item] { items.filter(\.isTold) }

    init(_ database: Database, group: SmallestGroup) throws {
        var items = try GRDB.Row.fetchAll(
            database,
            sql: """
                SELECT item, id, title, counted, total FROM (
                    SELECT item, count(*) AS counted, sum(value) AS total FROM ratings_for_analytics GROUP BY item)
                JOIN items USING (item) ORDER BY id
                """
        ).map { row in
            try Item(number: row[at: 0], id: row[at: 1], title: row[at: 2], ratings: row[at: 3], sum: row[at: 4])
        }
        let small = items.filter { !group.allows($0.ratings) }.map { "\($0.number)" }.joined(separator: ",")
        let rest =
            try Int.fetchOne(
                database,
                sql: """
                    SELECT count(*) FROM (SELECT DISTINCT user FROM ratings_for_analytics
                    WHERE item IN (SELECT value FROM json_each(?)) LIMIT \(group.size))
                    """, arguments: ["[\(small)]"]) ?? 0
        let told = try Suppression(group).told(
            people: items.map(\.ratings), parents: items.map { _ in 0 },
            tellsParent: [group.allows(GroupedView.people(database, group))], rest: [rest])
        for index in items.indices { items[index].isTold = told[index] }
        let count = items.reduce(0) { $0 + $1.ratings }
        mean = count == 0 ? 0 : items.reduce(0) { $0 + $1.sum } / Double(count)
        self.items = items
    }
}
