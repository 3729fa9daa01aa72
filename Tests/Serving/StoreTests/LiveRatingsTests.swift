import FileOutput
import Foundation
import LinearAlgebra
import Ratings
import ServingSupport
import Store
import TestSupport
import Testing

/// Queries on ratings as they arrive.
struct LiveRatingsTests {
    private let scratch: Scratch
    private let store: Store

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
        _ = try store.importRatings(
            .rows([("u", "a", 1, 100), ("u", "b", 4, 300), ("v", "b", 2, 200)], titles: ["b": "Heat (1995)"]), now: now)
    }

    @Test func `ratings of a user and the newest ratings are listed`() throws {
        let own = try #require(try store.ratings(ofUser: "u"))
        #expect(own.map(\.event.item) == ["a", "b"] && own.map(\.title) == [nil, "Heat (1995)"])
        #expect(try store.ratings(ofUser: "nobody") == nil)
        #expect(try store.newestRatings(limit: 2).map(\.event.time) == [300, 200])
        #expect(try store.counts() == (2, 2, 3))
        #expect(try store.importCount() == 1)
    }

    /// Changes persist across restarts until a run has seen them.
    @Test func `changed users are those no run has seen`() async throws {
        let event = RatingEvent(user: "u", item: "a", value: 3, time: 400)
        _ = try await store.apply([RatingSubmission(.rate([event]))], now: now)
        #expect(try Store(store.path).changedUsers().map(\.user) == ["u"])
        let seen = try store.ratings(threads: 1).change
        _ = try await store.apply([RatingSubmission(.remove(user: "v", item: "b"))], now: now)
        let run = StoredRun(
            kind: "refresh", started: now, seconds: 1, ratings: 3, options: "{}", version: "1", metrics: [])
        try store.save(run, RunResult(users: Vocabulary([]), items: Vocabulary([])), through: seen)
        #expect(try store.changedUsers().map(\.user) == ["v"])
    }

    @Test func `idempotency keys expire`() async throws {
        let submission = RatingSubmission(
            .rate([RatingEvent(user: "u", item: "a", value: 3, time: 400)]), key: "k", digest: Data([1]))
        #expect(try await store.apply([submission], now: now) == [.done])
        try store.forgetIdempotencyKeys(before: now)
        #expect(try await store.apply([submission], now: now) == [.repeated])
        try store.forgetIdempotencyKeys(before: now + 1)
        #expect(try await store.apply([submission], now: now) == [.done])
    }

    @Test func `API keys are stored and removed by name`() throws {
        let keys = [("w", Role.write), ("a", Role.admin)].map {
            StoredKey(hash: Data($0.0.utf8), name: $0.0, role: $0.1, created: now)
        }
        for key in keys { try store.add(key) }
        #expect(try store.keys() == [keys[1], keys[0]])
        #expect(throws: StoreError.self) { try store.add(keys[0]) }
        try store.removeKey(named: "w")
        #expect(try store.keys() == [keys[1]])
        #expect(throws: StoreError.self) { try store.removeKey(named: "w") }
        #expect(Role.write.suffices == [.read, .write] && Role.admin.suffices == [.read, .write, .admin])
    }

    /// Search covers unrated items of the catalog; the rating matrix does not.
    @Test func `unrated items are searchable`() throws {
        var source = ImportSource.rows([("u", "a", 1, 100)], checksum: "two")
        source.unratedIDs = Vocabulary(["c"])
        source.unrated = ItemCatalog(titles: ["Alien (1979)"], genreNames: ["Horror"], genres: [[0]])
        _ = try store.importRatings(source, now: now)
        #expect(try store.search("alien", limit: 5) == ["c"] && store.search("horror", limit: 5) == ["c"])
        #expect(try store.ratings(threads: 1).dataset.ratings.items == Vocabulary(["a", "b"]))
        let all = try store.ratings(threads: 1, hasAllItems: true).dataset
        #expect(all.ratings.items == Vocabulary(["a", "b", "c"]) && all.items.titles[2] == "Alien (1979)")
        #expect(
            try ReadOnlyQuery.rows("SELECT id, ratings FROM cold_items", store.path).contains("c 0"))
    }

    @Test func `catalogs follow the vocabulary of a matrix`() throws {
        let ratings = RatingMatrix(
            users: Vocabulary(["u"]), items: Vocabulary(["b", "z"]),
            byUser: SparseMatrix(columns: 2, rowOffsets: [0, 1], columnIndices: [0], values: [3]))
        let dataset = try store.dataset(of: ratings)
        #expect(dataset.items.titles == ["Heat (1995)", nil] && dataset.users.attributes.isEmpty)
    }

    @Test func `a view returns its newest rows`() throws {
        let view = try #require(AnalyticsView.all.first { $0.name == "ratings_per_minute" })
        let table = try view.table(ofStoreAt: store.path, limit: 2, newest: true)
        #expect(table.rows.map(\.[0]) == [.text("1970-01-01 00:03"), .text("1970-01-01 00:05")])
    }
}
