public import Foundation
import GRDB

/// A refresh of what is computed: when, with which options, how long it took and what it measured.
public struct StoredRun: Sendable, Equatable {
    /// Counts up; 0 before it is stored.
    public var number: Int64 = 0
    public var kind: String
    /// Seconds since 1970.
    public var started: Int64
    public var seconds: Double
    public var ratings: Int
    /// JSON.
    public var options: String
    public var version: String
    public var metrics: [Metric]

    public struct Metric: Sendable, Equatable {
        /// Empty where it is no model's.
        public let model: String
        public let metric: String
        public let value: Double

        public init(model: String, metric: String, value: Double) {
            self.model = model
            self.metric = metric
            self.value = value
        }
    }

    public init(
        kind: String, started: Int64, seconds: Double, ratings: Int, options: String, version: String,
        metrics: [Metric]
    ) {
        self.kind = kind
        self.started = started
        self.seconds = seconds
        self.ratings = ratings
        self.options = options
        self.version = version
        self.metrics = metrics
    }
}

/// What a run computed, by the ids of the world, with files that hold it for the program itself.
public struct RunResult: Sendable {
    /// User, place from 1, neighbor, similarity and number of items in common.
    public var neighbors: [(user: String, place: Int, neighbor: String, similarity: Float, support: Int)] = []
    public var communities: [(user: String, community: Int)] = []
    /// User, model, place from 1, item and score.
    public var recommendations: [(user: String, model: String, place: Int, item: String, score: Float)] = []
    public var files: [(name: String, bytes: Data)] = []

    public init() {}
}

extension Store {
    /// Keeps a run, and its result in place of that of the one before: both or neither.
    ///
    /// - Returns: the number of the run.
    /// - Complexity: O(users · (neighbors + recommendations)).
    @discardableResult
    public func keep(_ run: StoredRun, _ result: RunResult) throws(StoreError) -> Int64 {
        try write { database in
            try database.execute(
                sql: "INSERT INTO runs (kind, started, seconds, ratings, options, version) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: [run.kind, run.started, run.seconds, run.ratings, run.options, run.version])
            let number = database.lastInsertedRowID
            for metric in run.metrics where metric.value.isFinite {
                try database.execute(
                    sql: "INSERT OR REPLACE INTO run_metrics VALUES (?, ?, ?, ?)",
                    arguments: [number, metric.model, metric.metric, metric.value])
            }
            try Self.replace(result, ofRun: number, in: database)
            return number
        }
    }

    private static func replace(_ result: RunResult, ofRun number: Int64, in database: Database) throws {
        for table in ["neighbors", "communities", "recommendations", "run_files"] {
            try database.execute(sql: "DELETE FROM \(table)")
        }
        let users = try numbers(database, "user", "users")
        let items = try numbers(database, "item", "items")
        let neighbor = try database.makeStatement(sql: "INSERT INTO neighbors VALUES (?, ?, ?, ?, ?)")
        for row in result.neighbors {
            try neighbor.execute(
                arguments: [users[row.user], row.place, users[row.neighbor], Double(row.similarity), row.support])
        }
        let community = try database.makeStatement(sql: "INSERT INTO communities VALUES (?, ?)")
        for row in result.communities { try community.execute(arguments: [users[row.user], row.community]) }
        let recommendation = try database.makeStatement(sql: "INSERT INTO recommendations VALUES (?, ?, ?, ?, ?)")
        for row in result.recommendations {
            try recommendation.execute(
                arguments: [users[row.user], row.model, row.place, items[row.item], Double(row.score)])
        }
        for file in result.files {
            try database.execute(
                sql: "INSERT INTO run_files VALUES (?, ?, ?)", arguments: [file.name, number, file.bytes])
        }
    }

    private static func numbers(_ database: Database, _ column: String, _ table: String) throws -> [String: Int64] {
        let rows = try Row.fetchAll(database, sql: "SELECT id, \(column) FROM \(table)")
        return Dictionary(rows.map { ($0[0] as String, $0[1] as Int64) }) { first, _ in first }
    }

    /// The newest run, and the files it left.
    public func newestRun() throws(StoreError) -> (run: StoredRun, files: [String: Data])? {
        try read { database in
            guard let row = try Row.fetchOne(database, sql: "SELECT * FROM runs ORDER BY run DESC LIMIT 1") else {
                return nil
            }
            let metrics = try Row.fetchAll(
                database, sql: "SELECT * FROM run_metrics WHERE run = ? ORDER BY model, metric",
                arguments: [row["run"] as Int64]
            ).map { StoredRun.Metric(model: $0["model"], metric: $0["metric"], value: $0["value"]) }
            var run = StoredRun(
                kind: row["kind"], started: row["started"], seconds: row["seconds"], ratings: row["ratings"],
                options: row["options"], version: row["version"], metrics: metrics)
            run.number = row["run"]
            let files = try Row.fetchAll(
                database, sql: "SELECT name, bytes FROM run_files WHERE run = ?", arguments: [run.number])
            return (run, Dictionary(files.map { ($0[0] as String, $0[1] as Data) }) { first, _ in first })
        }
    }

    /// A metric of all runs, oldest first.
    public func history(of metric: String) throws(StoreError) -> [(started: Int64, model: String, value: Double)] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT started, model, value FROM run_metrics JOIN runs USING (run) WHERE metric = ?
                    ORDER BY run, model
                    """, arguments: [metric]
            ).map { ($0[0], $0[1], $0[2]) }
        }
    }
}
