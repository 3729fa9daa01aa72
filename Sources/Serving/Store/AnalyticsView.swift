/// A question that is asked of every store, as a view in SQL.
public struct AnalyticsView: Sendable {
    /// The name of the view, and of its file.
    public let name: String
    /// What it tells, for people.
    public let title: String
    /// Which columns a plot has along and up, or nil where a table says it better.
    public let plot: Plot?
    private let sql: String

    public struct Plot: Sendable {
        public let x: String
        public let y: String
        public let kind: Kind

        public enum Kind: String, Sendable { case bars, line }
    }

    private init(_ name: String, _ title: String, _ plot: Plot?, _ sql: String) {
        self.name = name
        self.title = title
        self.plot = plot
        self.sql = sql
    }

    /// The statements that make views.
    static func definitions(of views: [AnalyticsView]) -> String {
        views.map { "CREATE VIEW \($0.name) AS \($0.sql);" }.joined(separator: "\n")
    }

    /// The statements that make views anew, of ratings that count for analytics.
    static func redefinitions(of views: [AnalyticsView]) -> String {
        views.map { view in
            let sql = view.sql.replacing("FROM ratings", with: "FROM ratings_for_analytics")
            return "\nDROP VIEW \(view.name); CREATE VIEW \(view.name) AS \(sql);"
        }.joined()
    }

    /// The fewest ratings with which an average is shown, and the weight of the mean of all in the Bayesian average.
    static let fewest = 20

    public static let all = byEvent + byArrival

    /// By when ratings came in, which in a stream that is replayed is years after they were given.
    static let byArrival = [
        AnalyticsView(
            "ratings_per_minute_of_arrival", "Ratings that came in, minute by minute",
            Plot(x: "minute", y: "ratings", kind: .line), perPeriod("%Y-%m-%d %H:%M", 60, of: "arrived", as: "minute"))
    ]

    /// As the fifth migration made them: a view more belongs to a migration more.
    static let byEvent = [
        AnalyticsView(
            "rating_distribution", "How often each value is given", Plot(x: "value", y: "ratings", kind: .bars),
            """
            SELECT value, count(*) AS ratings, 1.0 * count(*) / (SELECT count(*) FROM ratings) AS share
            FROM ratings GROUP BY value ORDER BY value
            """),
        AnalyticsView(
            "top_items", "Items by their average, of those with \(fewest) ratings or more", nil,
            """
            SELECT id, title, ratings, average FROM (
                SELECT item, count(*) AS ratings, avg(value) AS average FROM ratings
                GROUP BY item HAVING count(*) >= \(fewest))
            JOIN items USING (item) ORDER BY average DESC, ratings DESC, id
            """),
        AnalyticsView(
            "top_items_bayesian",
            "Items by Bayesian average: as if each had \(fewest) ratings more, at the mean of all", nil,
            """
            SELECT id, title, ratings, (total + \(fewest) * mean) / (ratings + \(fewest)) AS bayesian_average
            FROM (SELECT item, count(*) AS ratings, sum(value) AS total FROM ratings GROUP BY item)
            JOIN items USING (item), (SELECT avg(value) AS mean FROM ratings)
            ORDER BY bayesian_average DESC, ratings DESC, id
            """),
        AnalyticsView(
            "active_users", "Users by how much they have rated", nil,
            """
            SELECT id, count(*) AS ratings, avg(value) AS average, min(time) AS first_time, max(time) AS last_time
            FROM ratings JOIN users USING (user) GROUP BY user ORDER BY ratings DESC, id
            """),
        AnalyticsView(
            "genre_preference", "Genres by how well they are rated", Plot(x: "genre", y: "average", kind: .bars),
            """
            SELECT name AS genre, count(*) AS ratings, avg(value) AS average,
                avg(value) - (SELECT avg(value) FROM ratings) AS above_mean
            FROM ratings JOIN item_genres USING (item) JOIN genres USING (genre)
            GROUP BY genre ORDER BY average DESC, name
            """),
        perPeriod("minute", 60, "%Y-%m-%d %H:%M"), perPeriod("hour", 3_600, "%Y-%m-%d %H:%M"),
        perPeriod("day", 86_400, "%Y-%m-%d"),
        AnalyticsView(
            "user_activity", "Users who rate, month by month", Plot(x: "month", y: "active_users", kind: .line),
            """
            SELECT strftime('%Y-%m', time, 'unixepoch') AS month, count(DISTINCT user) AS active_users,
                count(*) AS ratings, 1.0 * count(*) / count(DISTINCT user) AS ratings_per_user
            FROM ratings WHERE time IS NOT NULL GROUP BY month ORDER BY month
            """),
        AnalyticsView(
            "cold_items", "Items with fewer than 5 ratings", nil,
            """
            SELECT id, title, IFNULL(count, 0) AS ratings, average FROM items LEFT JOIN (
                SELECT item, count(*) AS count, avg(value) AS average FROM ratings GROUP BY item) USING (item)
            WHERE IFNULL(count, 0) < 5 ORDER BY ratings, title, id
            """),
    ]

    private static func perPeriod(_ period: String, _ seconds: Int, _ format: String) -> AnalyticsView {
        AnalyticsView(
            "ratings_per_\(period)", "New ratings, \(period) by \(period)",
            Plot(x: period, y: "ratings", kind: .line), perPeriod(format, seconds, of: "time", as: period))
    }

    private static func perPeriod(_ format: String, _ seconds: Int, of column: String, as period: String) -> String {
        """
        SELECT strftime('\(format)', \(seconds) * number, 'unixepoch') AS \(period), ratings, average FROM (
            SELECT \(column) / \(seconds) AS number, count(*) AS ratings, avg(value) AS average
            FROM ratings WHERE \(column) IS NOT NULL GROUP BY number)
        ORDER BY number
        """
    }
}
