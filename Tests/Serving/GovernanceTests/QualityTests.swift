import GRDB
import Governance
import Store
import TestSupport
import Testing

struct QualityTests {
    private let sample: CatalogSample

    init() throws {
        sample = try CatalogSample()
        try sample.rate(4, by: 1...7, "one")
    }

    private func failed(now: Int64 = CatalogSample.now) throws -> [String] {
        try sample.store.checkQuality(now: now).filter { !$0.hasPassed }.map { "\($0.name) \($0.relation) \($0.field)" }
    }

    private func damage(_ sql: String) throws {
        try sample.store.inspect { _ in }
        try DatabaseQueue(path: sample.scratch.path("s.sqlite")).write { database in
            try database.execute(sql: "PRAGMA ignore_check_constraints = 1")
            try database.execute(sql: sql)
        }
    }

    @Test func `a store as it was imported passes all checks`() throws {
        #expect(try failed() == [])
    }

    @Test(arguments: [
        ("UPDATE ratings SET value = 9 WHERE user = 1", "range ratings value"),
        ("UPDATE ratings SET time = 4000000000 WHERE user = 1", "range ratings time"),
        ("UPDATE ratings SET time = NULL", "completeness ratings time"),
        ("UPDATE items SET title = NULL", "completeness items title"),
        ("UPDATE imports SET finished = NULL", "completeness imports finished"),
        ("UPDATE imports SET rows_read = 2 * rows_read", "acceptance imports kept"),
        ("UPDATE imports SET finished = 1", "freshness imports finished"),
    ])
    func `a planted fault is found`(_ sql: String, _ check: String) throws {
        try damage(sql)
        #expect(try failed().contains(check))
    }

    /// 7 ratings, then 12: more than half more.
    @Test func `a jump of the volume fails until the volume changes again, and is in the history`() throws {
        try sample.store.save(sample.store.checkQuality(now: CatalogSample.now))
        try sample.rate(3, by: 8...12, "two")
        let second = try sample.store.checkQuality(now: CatalogSample.now + 10)
        try sample.store.save(second)
        #expect(second.filter { !$0.hasPassed }.map(\.name) == ["volume drift"])
        let third = try sample.store.checkQuality(now: CatalogSample.now + 20)
        try sample.store.save(third)
        #expect(third.map(\.hasPassed) == second.map(\.hasPassed))
        let history = try sample.store.qualityHistory().filter { $0.name == "volume drift" }
        #expect(history.map(\.observed) == [7, 12] && history.map(\.hasPassed) == [true, false])
        try sample.rate(3, by: 13...16, "three")
        #expect(try failed() == [])
    }
}
