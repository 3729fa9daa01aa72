import Dispatch
import FileOutput
import Foundation
import ServingSupport
import Store
import TestSupport
import Testing

struct ReadOnlyQueryTests {
    private let scratch: Scratch
    private var path: String { scratch.path("s.sqlite") }

    init() throws {
        scratch = try Scratch()
        _ = try Store(path, creates: true).importRatings(
            .rows([("u", "a", 1, 86_400), ("u", "b", 2, 90_000), ("v", "a", 3, 200_000)], titles: ["a": "A"]), now: now)
    }

    @Test(arguments: [
        "DELETE FROM ratings", "INSERT INTO users (id) VALUES ('x')", "DROP TABLE ratings",
        "PRAGMA journal_mode = DELETE",
        "ATTACH 'other.sqlite' AS other", "WITH x AS (SELECT 1) DELETE FROM ratings", "SELECT 1; DELETE FROM ratings",
        "VACUUM",
        "", "SELECT nothing FROM ratings", "SELECT 1; SELECT 2", "UPDATE ratings SET value = 1",
        "SELECT 1\0; DELETE FROM ratings", "SELECT zeroblob(1000000000)",
    ])
    func `only a single read-only statement runs`(_ sql: String) throws {
        #expect(throws: StoreError.self) { try ReadOnlyQuery(sql).run(onStoreAt: path) }
        #expect(try ReadOnlyQuery.rows("SELECT count(*) FROM ratings", path) == ["3"])
    }

    @Test func `rows beyond the limit are omitted`() throws {
        var query = ReadOnlyQuery("SELECT * FROM ratings")
        query.rowLimit = 2
        let cut = try query.run(onStoreAt: path)
        #expect(cut.rows.count == 2 && cut.isTruncated)
        query.rowLimit = 3
        #expect(try !query.run(onStoreAt: path).isTruncated)
    }

    /// Ten values of 200 KB exceed a limit of 1 MB.
    @Test func `rows beyond the byte limit are omitted`() throws {
        var query = ReadOnlyQuery(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10) SELECT hex(zeroblob(100000)) FROM n"
        )
        #expect(try query.run(onStoreAt: path).rows.count == 10)
        query.byteLimit = 1_000_000
        let table = try query.run(onStoreAt: path)
        #expect(table.isTruncated && table.rows.count == 4)
    }

    @Test func `15.7: the bytes of a row are counted before they are copied`() throws {
        let columns = Array(repeating: "zeroblob(100000)", count: 100).joined(separator: ", ")
        var query = ReadOnlyQuery("SELECT \(columns)")
        query.byteLimit = 1_000_000
        #expect(throws: StoreError.query("one row has 9 MB; select fewer columns, or parts of their values")) {
            try query.run(onStoreAt: path)
        }
    }

    @Test func `15.7: a query is stopped from another thread, before it begins and while it runs`() throws {
        let endless = ReadOnlyQuery(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
        let stop = QueryStop()
        DispatchQueue.global().asyncAfter(deadline: .now() + 0.1) { stop.stop() }
        for _ in 0..<2 {
            #expect(throws: StoreError.query("interrupted")) { try endless.run(onStoreAt: path, stop: stop) }
        }
    }

    @Test func `15.7: any limit of time is taken`() throws {
        for limit in [1e-9, 1e7, 1e300, .infinity] {
            var query = ReadOnlyQuery("SELECT 1")
            query.timeLimit = limit
            _ = try? query.run(onStoreAt: path)
        }
    }

    @Test(.timeLimit(.minutes(2))) func `runaway query hits the time limit`() throws {
        var query = ReadOnlyQuery(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n")
        query.timeLimit = 0.2
        #expect(throws: StoreError.tooLong(seconds: 0.2)) { try query.run(onStoreAt: path) }
    }

    @Test func `views match hand-counted rows`() throws {
        for view in AnalyticsView.all { _ = try view.table(ofStoreAt: path, limit: 10) }
        func rows(_ view: String) throws -> [String] { try ReadOnlyQuery.rows("SELECT * FROM \(view)", path) }
        #expect(
            try rows("rating_distribution") == [1.0, 2.0, 3.0].map { "\($0) 1 \(1.0 / 3)" })
        #expect(try rows("active_users") == ["u 2 1.5 86400 90000", "v 1 3.0 200000 200000"])
        #expect(try rows("ratings_per_day") == ["1970-01-02 2 1.5", "1970-01-03 1 3.0"])
        #expect(try rows("ratings_per_hour").first == "1970-01-02 00:00 1 1.0")
        #expect(try rows("user_activity") == ["1970-01 2 3 1.5"])
        #expect(try rows("cold_items") == ["b  1 2.0", "a A 2 2.0"])
        #expect(try rows("top_items").isEmpty)
        // (4 + 20·2) / 22 and (2 + 20·2) / 21 are both 2: more ratings come first.
        #expect(try rows("top_items_bayesian") == ["a A 2 2.0", "b  1 2.0"])
    }
}
