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

    /// Lines of a version of the program that wrote no time are as old as the next that has one, or older.
    @Test func `documents that a server did not take go after 30 days`() throws {
        let path = store.path + ".rejected.jsonl"
        func line(_ days: Int64, _ name: String) -> String {
            #"{"rejected_at":\#(now - days * Self.day),"status":400,"document":"\#(name)"}"#
        }
        let lines = [
            #"{"status":400,"document":"a"}"#, line(31, "b"), line(29, "c"), line(40, "d"), #"{"status":400}"#,
        ]
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: path))
        let overdue = try #require(try Sweep().overdue(store, now: now).last)
        #expect(overdue.table == "rejected_documents" && overdue.days == 30 && overdue.rows == 3)
        #expect(overdue.oldest == now - 40 * Self.day)
        #expect(try Sweep().run(store, by: "test", now: now).last == overdue)
        let left = try String(contentsOfFile: path, encoding: .utf8)
        #expect(left == [lines[2], lines[4], ""].joined(separator: "\n"))
        #expect(try Sweep().run(store, by: "test", now: now).last?.rows == 0)
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
