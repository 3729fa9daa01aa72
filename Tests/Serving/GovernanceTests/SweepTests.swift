import Foundation
import GRDB
import Governance
import Store
import TestSupport
import Testing

/// What is older than it may be goes, and nothing else.
struct SweepTests {
    private let scratch: Scratch
    private let store: Store
    private static let day: Int64 = 86_400
    private let now: Int64 = 1_577_836_800

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
    }

    private func execute(_ sql: String) throws {
        try DatabaseQueue(path: store.path).write { try $0.execute(sql: sql) }
    }

    private func numbers(_ sql: String) throws -> [Int] {
        try DatabaseQueue(path: store.path).read { try Int.fetchAll($0, sql: sql) }
    }

    /// Imports of 91 and 89 days ago, each with 6,000 rejected rows; messages of 31 and 29 days ago.
    private func fill() throws {
        for (number, days) in [(1, 91), (2, 89)] as [(Int64, Int64)] {
            try execute(
                """
                INSERT INTO imports (import, source, checksum, started, rows_read, rows_done, kept, duplicates, malformed,
                    out_of_scale, impossible_times, times_converted, unknown_items)
                VALUES (\(number), 's', '\(number)', \(now - days * Self.day), 0, 0, 0, 0, 0, 0, 0, 0, 0);
                WITH RECURSIVE line(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM line WHERE n < 6000)
                INSERT INTO rejected_rows SELECT \(number), n, 'r', 't' FROM line;
                """)
        }
        for (offset, days) in [(0, 31), (1, 29)] as [(Int, Int64)] {
            try execute(
                "INSERT INTO rejected_messages VALUES ('t', 0, \(offset), 'r', x'00', \(now - days * Self.day), 0)")
        }
        try execute("INSERT INTO users (user, id) VALUES (1, 'u'); INSERT INTO items (item, id) VALUES (1, 'a');")
        try execute("INSERT INTO rating_history VALUES (1, 1, 3, 100), (1, 1, 4, NULL)")
    }

    @Test func `a dry run counts, and a sweep removes exactly that`() throws {
        try fill()
        let sweep = Sweep()
        let overdue = try sweep.overdue(store, now: now)
        #expect(
            overdue.map { "\($0.table) \($0.days) \($0.rows)" } == [
                "rejected_rows 90 6000", "rejected_messages 30 1", "stream_errors 365 0", "idempotency_keys 7 0",
                "audit 1095 0",
            ])
        #expect(overdue[0].oldest == now - 91 * Self.day)
        #expect(try numbers("SELECT count(*) FROM rejected_rows") == [12_000])
        #expect(try sweep.run(store, by: "test", now: now) == overdue)
        #expect(try numbers("SELECT DISTINCT import FROM rejected_rows") == [2])
        #expect(try numbers("SELECT offset FROM rejected_messages") == [1])
        #expect(try sweep.run(store, by: "test", now: now).allSatisfy { $0.rows == 0 && $0.oldest == nil })
    }

    /// Ratings are kept until somebody is erased, so their history goes where it is asked for alone, and what has no time stays.
    @Test func `numbers of days that are named go before those of the inventory`() throws {
        try fill()
        let swept = try Sweep(retaining: [.ratingHistory: 0, .rejectedRows: 1000]).run(store, by: "test", now: now)
        #expect(swept.map(\.rows) == [0, 1, 0, 0, 1, 0])
        #expect(try numbers("SELECT value FROM rating_history") == [4])
    }

    @Test func `a sweep that is stopped goes on with the next`() throws {
        try fill()
        var asked = 0
        let swept = try Sweep().run(store, by: "test", now: now) {
            asked += 1
            return asked > 2
        }
        #expect(swept.map(\.rows) == [5_000])
        #expect(try Sweep().run(store, by: "test", now: now)[0].rows == 1_000)
    }
}
