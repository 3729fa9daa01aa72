import FileOutput
import Foundation
import Privacy
import Ratings
import Store
import TestSupport
import Testing

struct GroupedViewTests {
    /// Nine users in an hour, six in the next and two in a third, of one day; film f is rated by all, film g by those two.
    private func store(_ scratch: Scratch) throws -> String {
        let path = scratch.path("s.sqlite")
        let store = try Store(path, creates: true)
        var rows: [(String, String, Float, Int64?)] = []
        for (hour, users) in [9, 6, 2].enumerated() {
            for user in 0..<users { rows.append(("h\(hour)u\(user)", "f", 4, now + Int64(3_600 * hour + 7 * user))) }
        }
        rows += [("h2u0", "g", 2, now + 7_201), ("h2u1", "g", 3, now + 7_202)]
        _ = try store.importFile(
            .rows(rows, titles: ["f": "F", "g": "G"], genres: ["f": ["X"], "g": ["X", "Y"]]), scale: 1...5, now: now)
        return path
    }

    private func table(
        _ name: String, _ path: String, size: Int = 5, limit: Int = 100, newest: Bool = false
    ) throws -> DataTable {
        let view = try #require(AnalyticsView.all.first { $0.name == name })
        return try view.table(ofStoreAt: path, hiding: SmallestGroup(size: size), limit: limit, newest: newest)
    }

    @Test func `an hour of few hides the next smallest, and its day and minutes follow`() throws {
        let scratch = try Scratch()
        let path = try store(scratch)
        let hours = try table("ratings_per_hour", path)
        #expect(hours.rows == [[.text("2020-01-01 00:00"), .integer(9), .real(4)]] && hours.suppressed == 2)
        #expect(try table("ratings_per_day", path).rows.map(\.[1]) == [.integer(19)])
        #expect(
            try table("user_activity", path).rows == [[.text("2020-01"), .integer(17), .integer(19), .real(19.0 / 17)]])
        // All nine ratings of the first hour came within 57 seconds; those of hours that are hidden are hidden.
        let minutes = try table("ratings_per_minute", path)
        #expect(minutes.rows.map(\.[0]) == [.text("2020-01-01 00:00")] && minutes.suppressed == 2)
    }

    @Test func `items, genres and values of few are hidden, with what would tell of them`() throws {
        let scratch = try Scratch()
        let path = try store(scratch)
        // Without f, all less f would be g.
        for name in ["top_items_bayesian", "genre_preference"] {
            let table = try table(name, path)
            #expect(table.rows.isEmpty && table.suppressed == 2, "\(name)")
        }
        #expect(try table("rating_distribution", path).rows.isEmpty)
        #expect(try table("cold_items", path).rows.isEmpty)
        let pairs = try table("top_items_bayesian", path, size: 2)
        #expect(pairs.rows.map(\.[0]) == [.text("f"), .text("g")] && pairs.suppressed == 0)
        #expect(try table("rating_distribution", path, size: 2).rows.map(\.[0]) == [.real(4)])
    }

    @Test func `a group of one sees what administrators see`() throws {
        let scratch = try Scratch()
        let path = try store(scratch)
        for view in AnalyticsView.all where !view.isAboutSingleUsers {
            for newest in [false, true] {
                let (all, grouped) = (
                    try view.table(ofStoreAt: path, limit: 2, newest: newest),
                    try table(view.name, path, size: 1, limit: 2, newest: newest)
                )
                #expect(grouped.columns == all.columns && grouped.rows == all.rows, "\(view.name)")
                #expect(grouped.suppressed == 0 && all.suppressed == nil)
            }
        }
    }

    @Test func `single users are no groups`() throws {
        let scratch = try Scratch()
        let path = try store(scratch)
        #expect(AnalyticsView.all.filter(\.isAboutSingleUsers).map(\.name) == ["active_users"])
        #expect(throws: StoreError.self) { _ = try table("active_users", path) }
    }

    @Test func `ratings without a time are people whom no period has`() throws {
        let scratch = try Scratch()
        let path = try store(scratch)
        let store = try Store(path)
        _ = try store.importFile(.rows([("w", "f", 4, nil)], checksum: "two"), scale: 1...5, now: now)
        // The only month is of all others: with it the one without a time would be told.
        #expect(try table("user_activity", path).rows.isEmpty)
    }

    @Test func `a store without times has no periods`() throws {
        let scratch = try Scratch()
        let path = scratch.path("s.sqlite")
        _ = try Store(path, creates: true).importFile(
            .rows((0..<9).map { ("u\($0)", "f", 4, nil) }), scale: 1...5, now: now)
        for name in ["ratings_per_minute", "ratings_per_hour", "ratings_per_day", "user_activity"] {
            let table = try table(name, path)
            #expect(table.rows.isEmpty && table.suppressed == 0, "\(name)")
        }
    }

    @Test func `months and minutes are written as SQLite writes them`() throws {
        let scratch = try Scratch()
        let path = scratch.path("s.sqlite")
        let store = try Store(path, creates: true)
        let times: [Int64] = [0, 951_782_399, 951_782_400, 951_868_800, 1_709_164_740, 4_102_444_799, 3_599]
        _ = try store.importFile(
            .rows(times.enumerated().map { ("u", "\($0)", 3, $1) }), scale: 1...5, now: now)
        for name in ["ratings_per_minute", "ratings_per_hour", "ratings_per_day", "user_activity"] {
            let view = try #require(AnalyticsView.all.first { $0.name == name })
            #expect(try table(name, path, size: 1).rows == view.table(ofStoreAt: path, limit: 100).rows)
        }
    }

    @Test func `windows of newest ratings nest, and so do the films that are told of in them`() throws {
        let scratch = try Scratch()
        let path = scratch.path("s.sqlite")
        let store = try Store(path, creates: true)
        func rate(_ item: String, _ users: Range<Int>, ago: Int64) throws {
            _ = try store.importFile(
                .rows(users.map { ("u\($0)", item, 4, nil) }, checksum: "\(item) \(users) \(ago)"), scale: 1...5,
                now: now - ago)
        }
        // All of a in the last hour but two of a day ago; b in the last hour alone, and c before.
        try rate("a", 0..<2, ago: 50_000)
        try rate("a", 2..<9, ago: 600)
        try rate("b", 0..<6, ago: 600)
        try rate("c", 0..<6, ago: 3_000_000)
        func top(_ seconds: Int64, _ size: Int = 5) throws -> [String] {
            try store.topItems(now: now, seconds: seconds, limit: 9, hiding: SmallestGroup(size: size)).map {
                "\($0.id) \($0.ratings)"
            }
        }
        #expect(try top(86_400) == ["a 9", "b 6"])
        // Nine less seven would be two; those who rated a are the rest of this window, and enough.
        #expect(try top(3_600) == ["b 6"])
        #expect(try top(1_800) == ["b 6"])
        #expect(try top(3_600, 1) == ["a 7", "b 6"])
        #expect(GroupedWindow.length(1) == 1_800 && GroupedWindow.length(3_601) == 21_600)
        #expect(GroupedWindow.length(9_999_999) == 2_592_000)
    }

    @Test func `minutes of arrival are hidden with the fewest of the others unless enough are hidden`() throws {
        let scratch = try Scratch()
        let store = try Store(scratch.path("s.sqlite"), creates: true)
        for (minute, users) in [0..<7, 0..<6, 0..<2].enumerated() {
            _ = try store.importFile(
                .rows(users.map { ("u\($0)", "i\(minute)", 4, now) }, checksum: "\(minute)"), scale: 1...5,
                now: now + 60 * Int64(minute))
        }
        func told() throws -> [Int?] {
            try store.arrivals(since: now, hiding: SmallestGroup()).map(\.ratings)
        }
        #expect(try told() == [7, nil, nil])
        _ = try store.importFile(
            .rows((2..<5).map { ("u\($0)", "i3", 4, now) }, checksum: "3"), scale: 1...5, now: now + 180)
        #expect(try told() == [7, 6, nil, nil])
    }
}
