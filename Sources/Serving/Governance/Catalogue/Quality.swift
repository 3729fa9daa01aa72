import GRDB
public import Store

extension Catalog {
    /// A quality check, its newest result and those before.
    public struct Check: Sendable, Encodable {
        public let relation: String
        /// Empty for the table as a whole.
        public let field: String
        public let name: String
        /// What is asked, and what the answer has to be.
        public let rule: String
        public let observed: Double
        public let hasPassed: Bool
        /// Changes of the result, oldest first.
        public let history: [Moment]

        public struct Moment: Sendable, Encodable {
            public let checked: Int64
            public let observed: Double
            public let hasPassed: Bool
        }
    }
}

/// A rule that the data of a store should follow: a question in SQL whose answer lies in a range.
package struct QualityRule: Sendable {
    let relation: String
    let field: String
    let name: String
    let rule: String
    let sql: String
    /// What the answer has to be, at the time of the check.
    let range: ClosedRange<Double>

    private init(
        _ name: String, _ relation: String, _ field: String = "", _ rule: String, _ range: ClosedRange<Double>,
        _ sql: String
    ) {
        (self.name, self.relation, self.field, self.rule) = (name, relation, field, rule)
        (self.sql, self.range) = (sql, range)
    }

    /// Days after which data counts as stale.
    private static let freshDays: Int64 = 30
    private static let none = 0.0...0.0

    /// - Parameter now: seconds since 1970.
    package static func all(now: Int64) -> [QualityRule] {
        completeness + uniqueness + ranges(now: now) + [
            QualityRule(
                "acceptance", "imports", "kept", "at least 99 % of the rows that were read are ratings", 0.99...1,
                "SELECT ifnull(1.0 * sum(kept) / sum(rows_read), 1) FROM imports"),
            QualityRule(
                "freshness", "imports", "finished", "the newest import is at most \(freshDays) days old",
                Double(now - freshDays * 86_400)...Double.greatestFiniteMagnitude,
                "SELECT ifnull(max(finished), 0) FROM imports"),
        ]
    }

    private static let completeness = [
        QualityRule(
            "completeness", "ratings", "time", "at least 99 % of the ratings have a time", 0.99...1,
            "SELECT ifnull(1.0 * count(time) / count(*), 1) FROM ratings"),
        QualityRule(
            "completeness", "items", "title", "at least 95 % of the items have a title", 0.95...1,
            "SELECT ifnull(1.0 * count(title) / count(*), 1) FROM items"),
        QualityRule(
            "completeness", "imports", "finished", "every import is complete", none,
            "SELECT count(*) FROM imports WHERE finished IS NULL"),
    ]

    private static let uniqueness = [
        QualityRule(
            "uniqueness", "ratings", "", "no user has two ratings of one item", none,
            "SELECT count(*) FROM (SELECT 1 FROM ratings GROUP BY user, item HAVING count(*) > 1)"),
        QualityRule(
            "uniqueness", "users", "id", "no two users have one id", none,
            "SELECT count(*) - count(DISTINCT id) FROM users"),
        QualityRule(
            "uniqueness", "items", "id", "no two items have one id", none,
            "SELECT count(*) - count(DISTINCT id) FROM items"),
        QualityRule(
            "reference", "ratings", "user", "every rating is by a known user", none,
            "SELECT count(*) FROM ratings WHERE user NOT IN (SELECT user FROM users)"),
        QualityRule(
            "reference", "ratings", "item", "every rating is of a known item", none,
            "SELECT count(*) FROM ratings WHERE item NOT IN (SELECT item FROM items)"),
    ]

    private static func ranges(now: Int64) -> [QualityRule] {
        [
            QualityRule(
                "range", "ratings", "value", "no rating is off the scale", none,
                """
                SELECT count(*) FROM ratings
                WHERE value < (SELECT value FROM settings WHERE name = 'scale_least')
                    OR value > (SELECT value FROM settings WHERE name = 'scale_most')
                """),
            QualityRule(
                "range", "ratings", "time", "no rating is from before 1970 or from the future", none,
                "SELECT count(*) FROM ratings WHERE time < 0 OR time > \(now + 86_400)"),
        ]
    }

    // MARK: Volume

    /// The name of the rule that follows the number of ratings from check to check.
    static let volume = "volume drift"
    static let volumeRule = "the number of ratings has changed by at most half since the check before"

    /// Whether a volume is like the one before: 150 after 100 is, 151 is not.
    static func isLike(_ count: Double, _ before: Double?) -> Bool {
        guard let before, before > 0 else { return true }
        return abs(count - before) <= before / 2
    }
}

extension Store {
    /// Runs all quality checks. Nothing is saved.
    ///
    /// - Parameter now: seconds since 1970.
    /// - Complexity: O(ratings · log ratings).
    public func checkQuality(now: Int64) throws(StoreError) -> [QualityResult] {
        let volumes = try qualityHistory().filter { $0.name == QualityRule.volume }.map(\.observed)
        return try inspect { database in
            var results: [QualityResult] = []
            for rule in QualityRule.all(now: now) {
                let observed = try Double.fetchOne(database, sql: rule.sql) ?? 0
                results.append(
                    QualityResult(
                        relation: rule.relation, field: rule.field, name: rule.name, checked: now,
                        observed: observed, hasPassed: rule.range.contains(observed)))
            }
            let count = Double(try Int.fetchOne(database, sql: "SELECT count(*) FROM ratings") ?? 0)
            let before = volumes.last { $0 != count }
            results.append(
                QualityResult(
                    relation: "ratings", field: "", name: QualityRule.volume, checked: now, observed: count,
                    hasPassed: QualityRule.isLike(count, before)))
            return results
        }
    }
}
