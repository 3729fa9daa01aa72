import GRDB
import LinearAlgebra
import Ratings
import ServingSupport
import Store
import TestSupport
import Testing

struct ImportTests {
    private let scratch: Scratch
    private var path: String { scratch.path("s.sqlite") }

    init() throws { scratch = try Scratch() }

    private func take(_ source: ImportSource, scale: ClosedRange<Float>? = nil) throws -> ImportReport {
        try Store(path, creates: true).importRatings(source, scale: scale, now: now)
    }

    @Test func `report accounts for every row`() throws {
        let report = try take(
            .rows(
                [
                    ("u", "a", 3, 100), ("u", "a", 4, 200), ("v", "a", 9, 100), ("v", "b", 5, 0),
                    ("v", "c", 5, 1_500_000_000_000),
                ], titles: ["a": "A"], malformed: [RejectedRating(line: 9, reason: "no number", text: "x")]),
            scale: 1...5)
        #expect(report.rows_read == 6 && report.kept == 3 && report.duplicates == 1 && report.malformed == 1)
        #expect(report.out_of_scale == 1 && report.impossible_times == 1 && report.times_converted == 1)
        #expect(report.unknown_items == 1 && report.rejected == 3 && !report.was_complete)
        #expect(
            try ReadOnlyQuery.rows("SELECT line, reason, text FROM rejected_rows", path) == [
                "4 rating 9.0 is not on the scale from 1.0 to 5.0 line 4",
                "5 time 0 is not a moment between 1970 and tomorrow line 5", "9 no number x",
            ])
        #expect(
            try ReadOnlyQuery.rows(
                "SELECT users.id, items.id, value, time FROM ratings JOIN users USING (user) JOIN items USING (item)",
                path) == ["u a 4.0 200", "v c 5.0 1500000000"])
    }

    /// In any row order; the others become history, each once.
    @Test(arguments: [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]])
    func `latest rating counts`(_ order: [Int]) throws {
        let rows: [(String, String, Float, Int64?)] = [("u", "a", 1, 100), ("u", "a", 2, 200), ("u", "a", 3, 300)]
        _ = try take(.rows(order.map { rows[$0] }))
        #expect(try ReadOnlyQuery.rows("SELECT value, time FROM ratings", path) == ["3.0 300"])
        #expect(
            try ReadOnlyQuery.rows("SELECT value, time FROM rating_history ORDER BY time", path)
                == ["1.0 100", "2.0 200"])
    }

    @Test func `last row counts without timestamps`() throws {
        _ = try take(.rows([("u", "a", 1, nil), ("u", "a", 2, nil)]))
        #expect(try ReadOnlyQuery.rows("SELECT value, time FROM ratings", path) == ["2.0 "])
        #expect(try ReadOnlyQuery.rows("SELECT value FROM rating_history", path) == ["1.0"])
    }

    @Test func `same file is imported once`() throws {
        let source = ImportSource.rows([("u", "a", 1, 100), ("u", "a", 2, 200), ("v", "b", 3, 300)])
        let first = try take(source)
        let before = try dump()
        let second = try take(source)
        #expect(try dump() == before)
        #expect(second.was_complete && second.kept == first.kept && second.duplicates == first.duplicates)
        // The same rows in another file add nothing.
        var copy = source
        copy.checksum = "two"
        _ = try take(copy)
        #expect(try ReadOnlyQuery.rows("SELECT count(*) FROM ratings", path) == ["2"])
        #expect(try ReadOnlyQuery.rows("SELECT count(*) FROM rating_history", path) == ["1"])
    }

    private func dump() throws -> [String] {
        try ["users", "items", "ratings", "rating_history", "imports", "rejected_rows"].flatMap {
            try ReadOnlyQuery.rows("SELECT * FROM \($0)", path)
        }
    }

    @Test func `imported ratings round-trip`() throws {
        let matrix = RatingMatrix.random(users: 60, items: 40, density: 0.3, seed: 5)
        let rows = (0..<60).flatMap { user in
            matrix.ratings(ofUser: user).map { ("user \(user)", "\($0.0)", $0.1, Int64(user + 1) as Int64?) }
        }
        _ = try take(.rows(rows.shuffled(), titles: ["7": "Seven"], genres: ["7": ["War", "Love"], "8": ["War"]]))
        let stored = try Store(path).ratings(threads: 2).dataset
        #expect(stored.ratings.count == matrix.count)
        for (user, item, value, time) in rows {
            let (u, i) = (
                try #require(stored.ratings.users.index(of: user)), try #require(stored.ratings.items.index(of: item))
            )
            #expect(stored.ratings.rating(user: u, item: i) == value)
            let place = try #require(
                stored.ratings.byUser.entries(ofRow: u).first {
                    stored.ratings.byUser.columnIndices[$0] == Int32(i)
                })
            #expect(stored.ratings.timestamps?[place] == time)
        }
        let seven = try #require(stored.ratings.items.index(of: "7"))
        #expect(stored.items.titles[seven] == "Seven")
        #expect(stored.items.genres[seven].map { stored.items.genreNames[$0] }.sorted() == ["Love", "War"])
    }

    /// Another scale keeps other rows, so resuming by row count would skip some.
    @Test func `interrupted import restarts when the scale changes`() throws {
        let rows = (0..<60_000).map { number -> (String, String, Float, Int64?) in
            ("u\(number / 100)", "i\(number % 100)", Float(number % 5 + 1), Int64(number + 1))
        }
        let store = try Store(path, creates: true)
        _ = try store.importRatings(.rows(rows), scale: 2...5, now: now)
        try DatabaseQueue(path: path).write {
            try $0.execute(sql: "UPDATE imports SET finished = NULL, rows_done = 40000")
        }
        let report = try store.importRatings(.rows(rows), scale: 1...5, now: now)
        #expect(report.kept == 60_000 && report.resumed_after == 0)
        #expect(try ReadOnlyQuery.rows("SELECT count(*) FROM ratings", path) == ["60000"])
    }

    @Test func `scale of the store applies to later imports`() throws {
        _ = try take(.rows([("u", "a", 1, 1), ("u", "b", 5, 1)]))
        let report = try take(.rows([("w", "a", 7, 1), ("w", "b", 5, 1)], checksum: "two"))
        #expect(report.out_of_scale == 1 && report.kept == 1)
        #expect(throws: StoreError.self) { try take(.rows([("x", "a", 7, 1)], checksum: "three")) }
        #expect(try Store(path).scale() == 1...5)
    }
}
