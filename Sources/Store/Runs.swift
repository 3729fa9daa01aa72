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
    /// Those of models are of the run that compared them.
    public var metrics: [Metric]
    /// What the seconds went into; stages that ran side by side add up to more.
    public var stages: [Stage]
    /// nil where no models were compared.
    public var comparison: Comparison?

    public struct Stage: Sendable, Equatable {
        public let stage: String
        public let seconds: Double

        public init(stage: String, seconds: Double) {
            self.stage = stage
            self.seconds = seconds
        }
    }

    /// Which comparison of models a run shows.
    public enum Comparison: Sendable, Equatable {
        case own
        /// That of an earlier run, since which at most so many ratings were added, changed or removed.
        case kept(fromRun: Int64, changedRatings: Int)
    }

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
        metrics: [Metric], stages: [Stage] = [], comparison: Comparison? = nil
    ) {
        self.kind = kind
        self.started = started
        self.seconds = seconds
        self.ratings = ratings
        self.options = options
        self.version = version
        self.metrics = metrics
        self.stages = stages
        self.comparison = comparison
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
    /// - Parameter change: the last change that the run has seen, as `StoredRatings` tells it.
    /// - Returns: the run with its number, and with a last stage, `saving`, until all of it was on the disk.
    /// - Complexity: O(users · (neighbors + recommendations)).
    @discardableResult
    public func keep(_ run: StoredRun, _ result: RunResult, through change: Int64 = 0) throws(StoreError) -> StoredRun {
        let begin = ContinuousClock.now
        var run = run
        run.number = try write { database in
            let number = try Self.insert(run, in: database)
            try Self.replace(result, ofRun: number, in: database)
            try database.execute(sql: "DELETE FROM changed_users WHERE change <= ?", arguments: [change])
            return number
        }
        let saving = begin.duration(to: .now) / .seconds(1)
        run.seconds += saving
        run.stages.append(.init(stage: "saving", seconds: saving))
        try write { [run] database in
            try database.execute(
                sql: "UPDATE runs SET seconds = ? WHERE run = ?", arguments: [run.seconds, run.number])
            try Self.insert(run.stages, ofRun: run.number, in: database)
        }
        return run
    }

    private static func insert(_ run: StoredRun, in database: Database) throws -> Int64 {
        try database.execute(
            sql: "INSERT INTO runs (kind, started, seconds, ratings, options, version) VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [run.kind, run.started, run.seconds, run.ratings, run.options, run.version])
        let number = database.lastInsertedRowID
        if let comparison = run.comparison {
            let (compared, changed) =
                switch comparison {
                case .own: (number, 0)
                case .kept(let run, let changed): (run, changed)
                }
            try database.execute(
                sql: "UPDATE runs SET compared_run = ?, changed_ratings = ? WHERE run = ?",
                arguments: [compared, changed, number])
        }
        for metric in run.metrics where metric.value.isFinite {
            try database.execute(
                sql: "INSERT OR REPLACE INTO run_metrics VALUES (?, ?, ?, ?)",
                arguments: [number, metric.model, metric.metric, metric.value])
        }
        return number
    }

    private static func insert(_ stages: [StoredRun.Stage], ofRun number: Int64, in database: Database) throws {
        for (place, stage) in stages.enumerated() {
            try database.execute(
                sql: "INSERT INTO run_stages VALUES (?, ?, ?, ?)",
                arguments: [number, place + 1, stage.stage, stage.seconds])
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
            guard let run = try Self.runs(database, limit: 1, offset: 0).first else { return nil }
            let files = try Row.fetchAll(
                database, sql: "SELECT name, bytes FROM run_files WHERE run = ?", arguments: [run.number])
            return (run, Dictionary(files.map { ($0[0] as String, $0[1] as Data) }) { first, _ in first })
        }
    }

    /// Runs, newest first, and how many there are in all.
    public func runs(limit: Int, offset: Int) throws(StoreError) -> (runs: [StoredRun], total: Int) {
        try read { database in
            let total = try Int.fetchOne(database, sql: "SELECT count(*) FROM runs") ?? 0
            return (try Self.runs(database, limit: limit, offset: offset), total)
        }
    }

    private static func runs(_ database: Database, limit: Int, offset: Int) throws -> [StoredRun] {
        try Row.fetchAll(
            database, sql: "SELECT * FROM runs ORDER BY run DESC LIMIT ? OFFSET ?", arguments: [limit, offset]
        ).map { row in
            let number: Int64 = row["run"]
            let metrics = try Row.fetchAll(
                database, sql: "SELECT * FROM run_metrics WHERE run = ? ORDER BY model, metric", arguments: [number]
            ).map { StoredRun.Metric(model: $0["model"], metric: $0["metric"], value: $0["value"]) }
            let stages = try Row.fetchAll(
                database, sql: "SELECT * FROM run_stages WHERE run = ? ORDER BY place", arguments: [number]
            ).map { StoredRun.Stage(stage: $0["stage"], seconds: $0["seconds"]) }
            let compared: Int64? = row["compared_run"]
            let comparison = compared.map {
                $0 == number
                    ? StoredRun.Comparison.own : .kept(fromRun: $0, changedRatings: row["changed_ratings"])
            }
            var run = StoredRun(
                kind: row["kind"], started: row["started"], seconds: row["seconds"], ratings: row["ratings"],
                options: row["options"], version: row["version"], metrics: metrics, stages: stages,
                comparison: comparison)
            run.number = number
            return run
        }
    }

    /// What the newest run recommends, by user, model and place, and how many places there are in all.
    public func recommendations(
        limit: Int, offset: Int
    ) throws(StoreError) -> (rows: [StoredRecommendation], total: Int) {
        try read { database in
            let total = try Int.fetchOne(database, sql: "SELECT count(*) FROM recommendations") ?? 0
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT users.id, model, place, items.id, title, score FROM recommendations
                    JOIN users USING (user) JOIN items USING (item)
                    ORDER BY recommendations.user, model, place LIMIT ? OFFSET ?
                    """, arguments: [limit, offset])
            return (
                rows.map {
                    StoredRecommendation(
                        user: $0[0], model: $0[1], place: $0[2], item: $0[3], title: $0[4], score: $0[5])
                }, total
            )
        }
    }
}

/// A place of a list that a run has made.
public struct StoredRecommendation: Sendable, Equatable {
    public let user: String
    public let model: String
    /// From 1, best first.
    public let place: Int
    public let item: String
    public let title: String?
    public let score: Double
}
