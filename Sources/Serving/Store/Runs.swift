public import Foundation
import GRDB
import Ratings

extension Store {
    /// Keeps a run, and its result in place of that of the one before: both or neither.
    ///
    /// - Parameter change: the last change that the run has seen, as `StoredRatings` tells it.
    /// - Returns: the run with its number, and with a last stage, `saving`, until all of it was on the disk.
    /// - Complexity: O(users · (neighbors + recommendations)).
    @discardableResult
    public func save(_ run: StoredRun, _ result: RunResult, through change: Int64 = 0) throws(StoreError) -> StoredRun {
        let begin = ContinuousClock.now
        var run = run
        run.number = try write { database in
            let number = try Self.insert(run, in: database)
            try Self.replace(result, ofRun: number, in: database)
            try database.execute(sql: "DELETE FROM changed_users WHERE change <= ?", arguments: [change])
            return number
        }
        // The result is there; not to know how long that took is no reason to fail.
        return (try? timed(run, saving: begin.duration(to: .now) / .seconds(1))) ?? run
    }

    private func timed(_ run: StoredRun, saving seconds: Double) throws(StoreError) -> StoredRun {
        var run = run
        run.seconds += seconds
        run.stages.append(.init(stage: "saving", seconds: seconds))
        try write { [run] database in
            try database.execute(
                sql: "UPDATE runs SET seconds = ? WHERE run = ?", arguments: [run.seconds, run.number])
            try Self.insert(run.stages.suffix(1), at: run.stages.count, ofRun: run.number, in: database)
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
        try insert(run.stages[...], at: 1, ofRun: number, in: database)
        return number
    }

    private static func insert(
        _ stages: ArraySlice<StoredRun.Stage>, at first: Int, ofRun number: Int64, in database: Database
    ) throws {
        for (place, stage) in zip(first..., stages) {
            try database.execute(
                sql: "INSERT INTO run_stages VALUES (?, ?, ?, ?)",
                arguments: [number, place, stage.stage, stage.seconds])
        }
    }

    private static func replace(_ result: RunResult, ofRun number: Int64, in database: Database) throws {
        for table in ["neighbors", "communities", "recommendations", "run_files"] {
            try database.execute(sql: "DELETE FROM \(table)")
        }
        let users = try numbers(database, "user", "users", result.users)
        let items = try numbers(database, "item", "items", result.items)
        let neighbor = try database.makeStatement(sql: "INSERT INTO neighbors VALUES (?, ?, ?, ?, ?)")
        for row in result.neighbors {
            try neighbor.execute(
                arguments: [users[row.user], row.place, users[row.neighbor], Double(row.similarity), row.support])
        }
        let community = try database.makeStatement(sql: "INSERT INTO communities VALUES (?, ?)")
        for (user, label) in result.communities.enumerated() { try community.execute(arguments: [users[user], label]) }
        let recommendation = try database.makeStatement(sql: "INSERT INTO recommendations VALUES (?, ?, ?, ?, ?, ?)")
        for row in result.recommendations {
            try recommendation.execute(
                arguments: [
                    users[row.user], row.model, row.place, items[row.item], row.predictedRating, row.score,
                ])
        }
        for file in result.files {
            try database.execute(
                sql: "INSERT INTO run_files VALUES (?, ?, ?)", arguments: [file.name, number, file.bytes])
        }
    }

    /// The store's number of each id; 0, which refers to nothing, for one that it does not have.
    private static func numbers(
        _ database: Database, _ column: String, _ table: String, _ ids: Vocabulary
    ) throws -> [Int64] {
        var numbers = [Int64](repeating: 0, count: ids.count)
        let rows = try Row.fetchCursor(database, sql: "SELECT id, \(column) FROM \(table)")
        while let row = try rows.next() {
            if let index = ids.index(of: row[0]) { numbers[index] = row[1] }
        }
        return numbers
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
                    SELECT users.id, model, place, items.id, title, predicted_rating, score FROM recommendations
                    JOIN users USING (user) JOIN items USING (item)
                    ORDER BY recommendations.user, model, place LIMIT ? OFFSET ?
                    """, arguments: [limit, offset])
            return (
                rows.map {
                    StoredRecommendation(
                        user: $0[0], model: $0[1], place: $0[2], item: $0[3], title: $0[4],
                        predictedRating: $0[5], score: $0[6])
                }, total
            )
        }
    }
}
