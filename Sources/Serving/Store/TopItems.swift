import GRDB

/// An item with the ratings that came in of it within a window.
public struct TopItem: Sendable, Equatable {
    public let id: String
    /// nil where no catalog names it.
    public let title: String?
    public let ratings: Int
    public let average: Double

    public init(id: String, title: String?, ratings: Int, average: Double) {
        (self.id, self.title, self.ratings, self.average) = (id, title, ratings, average)
    }
}

extension Store {
    /// The items of which most ratings came in, among ratings that still count, and count for analytics.
    ///
    /// - Parameters:
    ///   - moment: the beginning of the window, in seconds since 1970, by arrival and not by the times of the ratings.
    ///   - limit: how many at most.
    /// - Returns: most ratings first; of equals the higher average, then by id.
    /// - Complexity: O(ratings in the window), by the index of arrival.
    public func topItems(since moment: Int64, limit: Int) throws(StoreError) -> [TopItem] {
        try read { database in
            try TableSeals.catalogs.require(database, of: self)
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT id, title, found.ratings, average FROM (
                        SELECT item, count(*) AS ratings, avg(value) AS average FROM ratings_for_analytics
                        WHERE arrived >= ? GROUP BY item) AS found
                    JOIN items USING (item) ORDER BY found.ratings DESC, average DESC, id LIMIT ?
                    """, arguments: [moment, limit])
            return try rows.map { row in
                TopItem(
                    id: try row[at: 0], title: try row[at: 1], ratings: try row[at: 2], average: try row[at: 3])
            }
        }
    }
}
