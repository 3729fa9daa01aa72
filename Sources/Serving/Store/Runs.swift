import Foundation
import GRDB
import Platform
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
        run.token = .random(in: 1 ... .max)
        run.number = try write { [run] database in
            var run = run
            run.number = try Self.insert(run, in: database)
            try Self.replace(result, of: run, in: database)
            try Self.seal(run, result.files, in: database)
            try database.execute(sql: "DELETE FROM changed_users WHERE change <= ?", arguments: [change])
            return run.number
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
            try Self.seal(run, nil, in: database)
        }
        return run
    }

    /// - Parameter files: those of its result; nil for as before.
    private static func seal(
        _ run: StoredRun, _ files: [(name: String, bytes: Data)]?, in database: Database
    ) throws {
        if let files {
            let list = RunSeal.files(files.map { ($0.name, Data(sha256($0.bytes))) })
            try database.execute(sql: "UPDATE runs SET files = ? WHERE run = ?", arguments: [list, run.number])
        }
        try database.execute(sql: "UPDATE runs SET seal = ? WHERE run = ?", arguments: [RunSeal.run(run), run.number])
    }

    private static func insert(_ run: StoredRun, in database: Database) throws -> Int64 {
        try database.execute(
            sql: """
                INSERT INTO runs (kind, started, seconds, ratings, options, version, token) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [run.kind, run.started, run.seconds, run.ratings, run.options, run.version, run.token])
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

    private static func replace(_ result: RunResult, of run: StoredRun, in database: Database) throws {
        for table in ["neighbors", "communities", "recommendations", "run_files"] {
            try database.execute(sql: "DELETE FROM \(table)")
        }
        let users = try numbers(database, "user", "users", result.users)
        guard !users.contains(0) else {
            throw StoreError.refused("users were erased while this was computed; it is computed again without them")
        }
        let items = try numbers(database, "item", "items", result.items)
        let neighbor = try database.makeStatement(sql: "INSERT INTO neighbors VALUES (?, ?, ?, ?, ?)")
        for row in result.neighbors {
            try neighbor.execute(
                arguments: [users[row.user], row.place, users[row.neighbor], Double(row.similarity), row.support])
        }
        let community = try database.makeStatement(sql: "INSERT INTO communities VALUES (?, ?)")
        for (user, label) in result.communities.enumerated() { try community.execute(arguments: [users[user], label]) }
        let recommendation = try database.makeStatement(sql: "INSERT INTO recommendations VALUES (?, ?, ?, ?, ?, ?, ?)")
        for row in result.recommendations {
            let seal = RowSeal.recommendation(
                ofRun: run.token, user: result.users[row.user], model: row.model, place: row.place,
                item: result.items[row.item], predictedRating: row.predictedRating, score: row.score)
            try recommendation.execute(
                arguments: [
                    users[row.user], row.model, row.place, items[row.item], row.predictedRating, row.score, seal,
                ])
        }
        for file in result.files {
            try database.execute(
                sql: "INSERT INTO run_files VALUES (?, ?, ?, ?)",
                arguments: [file.name, run.number, file.bytes, Data(sha256(file.bytes))])
        }
    }

    /// The store's number of each id; 0, which refers to nothing, for one that it does not have.
    private static func numbers(
        _ database: Database, _ column: String, _ table: String, _ ids: Vocabulary
    ) throws -> [Int64] {
        var numbers = [Int64](repeating: 0, count: ids.count)
        let rows = try Row.fetchCursor(database, sql: "SELECT id, \(column) FROM \(table)")
        while let row = try rows.next() {
            if let index = try ids.index(of: row[at: 0]) { numbers[index] = try row[at: 1] }
        }
        return numbers
    }
}
