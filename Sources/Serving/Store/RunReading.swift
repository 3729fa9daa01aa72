public import Foundation
import GRDB
import Platform

extension Store {
    /// The newest run, and the files it left; nil where there is none.
    ///
    /// - Throws: `StoreError.inconsistent` for a run or files that are not as they were written.
    public func newestRun() throws(StoreError) -> (run: StoredRun, files: [String: Data])? {
        try read { database in
            guard let number = try Int64.fetchOne(database, sql: "SELECT max(run) FROM runs") else { return nil }
            guard let run = try Self.run(number, database) else { throw changedRun(number, "its figures") }
            guard run.token != 0 else {
                throw StoreError.inconsistent(
                    path: path, problem: "an earlier version of kindred computed run \(number)",
                    remedy: "It is computed again from the ratings.")
            }
            // An erasure has removed its files, which held everybody's ratings.
            let kept = try Data.fetchOne(database, sql: "SELECT files FROM runs WHERE run = ?", arguments: [number])
            if kept == Data() { return nil }
            let rows = try Row.fetchAll(
                database, sql: "SELECT name, bytes, sha256 FROM run_files WHERE run = ? ORDER BY name",
                arguments: [number])
            var (files, list): ([String: Data], [(String, Data)]) = ([:], [])
            for row in rows {
                let (name, bytes, kept): (String, Data, Data?) = try (row[at: 0], row[at: 1], row[at: 2])
                guard kept == Data(sha256(bytes)) else { throw changedRun(number, name) }
                files[name] = bytes
                list.append((name, Data(sha256(bytes))))
            }
            guard kept == RunSeal.files(list) else { throw changedRun(number, "its list of files") }
            return (run, files)
        }
    }

    /// The number of the newest run.
    public func newestRunNumber() throws(StoreError) -> Int64? {
        try read { try Int64.fetchOne($0, sql: "SELECT max(run) FROM runs") }
    }

    private func changedRun(_ number: Int64, _ what: String) -> StoreError {
        .inconsistent(
            path: path, problem: "what run \(number) computed has changed since it was written (\(what))",
            remedy: "It is computed again from the ratings.")
    }

    /// Runs, newest first, and how many there are in all. A run that is not as it was written is left out.
    public func runs(limit: Int, offset: Int) throws(StoreError) -> (runs: [StoredRun], total: Int) {
        try read { database in
            let total = try Int.fetchOne(database, sql: "SELECT count(*) FROM runs") ?? 0
            let numbers = try Int64.fetchAll(
                database, sql: "SELECT run FROM runs ORDER BY run DESC LIMIT ? OFFSET ?", arguments: [limit, offset])
            return (try numbers.compactMap { try Self.run($0, database) }, total)
        }
    }

    /// nil where it is not as it was written.
    private static func run(_ number: Int64, _ database: Database) throws -> StoredRun? {
        // By their names, so that a column which an earlier version does not have is told as such.
        let columns = "kind, started, seconds, ratings, options, version, compared_run, changed_ratings, token, seal"
        guard
            let row = try Row.fetchOne(
                database, sql: "SELECT \(columns) FROM runs WHERE run = ?", arguments: [number])
        else { return nil }
        let metrics = try Row.fetchAll(
            database, sql: "SELECT model, metric, value FROM run_metrics WHERE run = ? ORDER BY model, metric",
            arguments: [number]
        ).map { try StoredRun.Metric(model: $0[at: 0], metric: $0[at: 1], value: $0[at: 2]) }
        let stages = try Row.fetchAll(
            database, sql: "SELECT stage, seconds FROM run_stages WHERE run = ? ORDER BY place", arguments: [number]
        ).map { try StoredRun.Stage(stage: $0[at: 0], seconds: $0[at: 1]) }
        let (compared, changed): (Int64?, Int) = try (row[at: "compared_run"], row[at: "changed_ratings"])
        let comparison = compared.map {
            $0 == number ? StoredRun.Comparison.own : .kept(fromRun: $0, changedRatings: changed)
        }
        var run = try StoredRun(
            kind: row[at: "kind"], started: row[at: "started"], seconds: row[at: "seconds"],
            ratings: row[at: "ratings"], options: row[at: "options"], version: row[at: "version"], metrics: metrics,
            stages: stages, comparison: comparison)
        run.number = number
        run.token = try row[at: "token"]
        let seal: Data? = try row[at: "seal"]
        return seal == nil || seal == RunSeal.run(run) ? run : nil
    }

    /// Users whose lists, made before they withdrew, are not shown any more.
    static let withheldFromLists = "(SELECT user FROM withheld_users WHERE purpose IN ('personalization', 'export'))"

    /// What a run recommends to users whose data may be used, by user, model and place, and how many places there are in all.
    ///
    /// - Throws: `StoreError.inconsistent` where the store has another run by now, or a row is not as it was written.
    public func recommendations(
        of run: StoredRun, limit: Int, offset: Int
    ) throws(StoreError) -> (rows: [StoredRecommendation], total: Int) {
        try read { database in
            let total =
                try Int.fetchOne(
                    database,
                    sql: "SELECT count(*) FROM recommendations WHERE user NOT IN \(Self.withheldFromLists)") ?? 0
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT users.id, model, place, items.id, title, predicted_rating, score, recommendations.seal
                    FROM recommendations JOIN users USING (user) JOIN items USING (item)
                    WHERE recommendations.user NOT IN \(Self.withheldFromLists) ORDER BY recommendations.user, model, place LIMIT ? OFFSET ?
                    """, arguments: [limit, offset])
            return (try rows.map { try recommendation($0, of: run) }, total)
        }
    }

    func recommendation(_ row: Row, of run: StoredRun) throws -> StoredRecommendation {
        let kept = try StoredRecommendation(
            user: row[at: 0], model: row[at: 1], place: row[at: 2], item: row[at: 3], title: row[at: 4],
            predictedRating: row[at: 5], score: row[at: 6])
        let seal: Int64? = try row[at: 7]
        let expected = RowSeal.recommendation(
            ofRun: run.token, user: kept.user, model: kept.model, place: kept.place, item: kept.item,
            predictedRating: kept.predictedRating, score: kept.score)
        guard seal == expected else {
            throw StoreError.inconsistent(
                path: path, problem: "a list for user \(kept.user) is not as run \(run.number) wrote it",
                remedy: "Refresh: POST /admin/refresh computes it again.")
        }
        return kept
    }
}
