import Foundation
import GRDB
import Ratings
import Store
import TestSupport
import Testing

struct RunsTests {
    private let scratch: Scratch
    private let store: Store

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
    }

    private let nothing = RunResult(users: Vocabulary([]), items: Vocabulary([]))

    private func run(_ comparison: StoredRun.Comparison?, stages: [StoredRun.Stage] = []) -> StoredRun {
        StoredRun(
            kind: "refresh", started: now, seconds: 2, ratings: 3, options: "{}", version: "1",
            metrics: [.init(model: "als", metric: "rmse", value: 0.9)], stages: stages, comparison: comparison)
    }

    /// With the time that saving took.
    @Test func `a run round-trips`() throws {
        let comparisons: [StoredRun.Comparison?] = [.own, .kept(fromRun: 1, changedRatings: 7), nil]
        for (index, comparison) in comparisons.enumerated() {
            let stages = [StoredRun.Stage(stage: "reading", seconds: 0.5), .init(stage: "als", seconds: 1.5)]
            let kept = try store.save(run(comparison, stages: stages), nothing)
            #expect(kept.number == Int64(index + 1) && kept.comparison == comparison)
            #expect(kept.stages.map(\.stage) == ["reading", "als", "saving"])
            #expect(kept.seconds == 2 + kept.stages[2].seconds)
            #expect(try store.newestRun()?.run == kept)
        }
        #expect(try store.runs(limit: 10, offset: 0).runs.map(\.comparison) == comparisons.reversed())
        try store.verify()
    }

    /// A store from before runs had stages; runs with metrics count as their own comparison.
    @Test func `runs of an earlier version are migrated`() throws {
        _ = try store.save(run(.own), nothing)
        try store.checkpoint()
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        try DatabaseQueue(path: store.path, configuration: configuration).write { database in
            try database.execute(
                sql: """
                    DROP TABLE run_stages;
                    CREATE TABLE old AS SELECT run, kind, started, seconds, ratings, options, version FROM runs;
                    DROP TABLE runs;
                    CREATE TABLE runs (
                        run INTEGER PRIMARY KEY, kind TEXT NOT NULL, started INTEGER NOT NULL, seconds REAL NOT NULL,
                        ratings INTEGER NOT NULL, options TEXT NOT NULL, version TEXT NOT NULL,
                        token INTEGER NOT NULL DEFAULT 0, files BLOB, seal BLOB) STRICT;
                    INSERT INTO runs SELECT *, 0, NULL, NULL FROM old;
                    INSERT INTO runs SELECT 2, kind, started, seconds, ratings, options, version, 0, NULL, NULL FROM old;
                    DROP TABLE old;
                    DELETE FROM grdb_migrations WHERE identifier = '8 stages';
                    """)
        }
        let opened = try Store(store.path)
        let runs = try opened.runs(limit: 10, offset: 0).runs
        #expect(runs.map(\.number) == [2, 1] && runs.map(\.comparison) == [nil, .own])
        #expect(runs.allSatisfy { $0.stages.isEmpty && $0.seconds > 2 })
        #expect(try opened.save(run(.kept(fromRun: 1, changedRatings: 0)), nothing).number == 3)
        try opened.verify()
    }
}
