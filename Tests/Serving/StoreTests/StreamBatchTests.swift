import Foundation
import Ratings
import ServingSupport
import Store
import Synchronization
import TestSupport
import Testing

struct StreamBatchTests {
    private let scratch: Scratch
    private let store: Store
    private var path: String { scratch.path("s.sqlite") }

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
    }

    private static func rating(
        _ offset: Int64, _ user: String, _ item: String, _ value: Float, _ time: Int64? = 1_000
    ) -> StreamBatch.Message {
        message(offset, [.rate(RatingEvent(user: user, item: item, value: value, time: time))])
    }

    private static func message(
        _ offset: Int64, _ changes: [StreamChange], problem: String? = nil
    ) -> StreamBatch.Message {
        StreamBatch.Message(
            topic: "ratings", partition: 0, offset: offset, bytes: Data("message \(offset)".utf8), changes: changes,
            problem: problem)
    }

    @discardableResult
    private func apply(_ messages: [StreamBatch.Message], _ unknown: UnknownItems = .stub) throws -> StreamOutcome {
        try store.apply(StreamBatch(group: "kindred", messages: messages, unknownItems: unknown), now: now)
    }

    private func ratings() throws -> [String] {
        try ReadOnlyQuery.rows(
            "SELECT user_id, item_id, rating, timestamp FROM rating_details ORDER BY user_id, item_id", path)
    }

    @Test func `messages and the offset behind them are stored together, and are not taken twice`() throws {
        let messages = [Self.rating(4, "u", "a", 3), Self.rating(5, "u", "b", 4.5), Self.rating(7, "v", "a", 1)]
        let outcome = try apply(messages)
        #expect(outcome.taken == 3)
        #expect(outcome.applied.changes.map(\.value) == [3, 4.5, 1])
        #expect(try ratings() == ["u a 3.0 1000", "u b 4.5 1000", "v a 1.0 1000"])
        #expect(try store.offsets(of: "kindred") == [TopicPartition(topic: "ratings", partition: 0): 8])
        let again = try apply(messages + [Self.rating(8, "v", "b", 2)])
        #expect(again.repeated == 3 && again.taken == 1)
        #expect(again.applied.changes.map(\.item) == ["b"])
        #expect(try store.offsets(of: "another").isEmpty)
        #expect(Set(try store.changedUsers().map(\.user)) == ["u", "v"])
    }

    @Test func `the later of two ratings counts, whatever the order they come in`() throws {
        let outcome = try apply([
            Self.rating(0, "u", "a", 3, 2_000), Self.rating(1, "u", "a", 4, 1_000), Self.rating(2, "u", "a", 3, 2_000),
            Self.rating(3, "u", "a", 5, 3_000),
        ])
        #expect(outcome.applied.changes.map(\.value) == [3, 5])
        #expect(outcome.applied.repeated == 2)
        #expect(try ratings() == ["u a 5.0 3000"])
        let history = try ReadOnlyQuery.rows("SELECT value, time FROM rating_history ORDER BY time", path)
        #expect(history == ["4.0 1000", "3.0 2000"])
    }

    @Test func `a removal takes a rating of the same batch away, and another may follow`() throws {
        let outcome = try apply([
            Self.rating(0, "u", "a", 3), Self.message(1, [.remove(user: "u", item: "a")]),
            Self.message(2, [.remove(user: "u", item: "z")]), Self.rating(3, "u", "a", 2, 500),
        ])
        #expect(outcome.applied.changes.map(\.value) == [3, nil, 2])
        #expect(try ratings() == ["u a 2.0 500"])
    }

    @Test func `what cannot be read or is no rating is kept aside with its reason`() throws {
        let outcome = try apply([
            Self.rating(0, "u", "a", 3), Self.message(1, [], problem: "no JSON"), Self.rating(2, "u", "b", 99),
            Self.rating(3, "u", "c", 4, -5), Self.rating(4, "u", "d", 5),
        ])
        #expect(outcome.taken == 2)
        #expect(outcome.rejected.map(\.offset) == [1, 2, 3])
        let rows = try ReadOnlyQuery.rows(
            "SELECT offset, reason, is_sent FROM rejected_messages ORDER BY offset", path)
        #expect(rows[0] == "1 no JSON 0")
        #expect(rows[1].contains("not on the scale"))
        #expect(rows[2].contains("time"))
        #expect(try store.offsets(of: "kindred").values.first == 5)
    }

    @Test func `a message of several ratings is taken whole or not at all`() throws {
        let outcome = try apply([
            Self.message(
                0,
                [
                    .rate(RatingEvent(user: "u", item: "a", value: 3, time: 1)),
                    .rate(RatingEvent(user: "u", item: "b", value: -7, time: 1)),
                ]), Self.rating(1, "v", "a", 1),
        ])
        #expect(outcome.rejected.map(\.offset) == [0])
        #expect(try ratings() == ["v a 1.0 1000"])
    }

    @Test func `unknown items come in as stubs, or are rejected`() throws {
        #expect(try apply([Self.rating(0, "u", "a", 3)], .reject).rejected.count == 1)
        let facts = ItemFacts(id: "a", title: "Amélie (2001)", genres: ["Comedy"])
        try apply([Self.message(1, [.item(facts)]), Self.rating(2, "u", "a", 3)], .reject)
        #expect(try ratings() == ["u a 3.0 1000"])
    }

    @Test func `facts of items and users are found, replaced and sealed`() throws {
        try apply([
            Self.message(0, [.item(ItemFacts(id: "a", title: "Amélie (2001)", genres: ["Comedy"]))]),
            Self.message(1, [.user(UserFacts(id: "u", attributes: ["age": "24"]))]), Self.rating(2, "u", "a", 4),
        ])
        #expect(try store.search("amelie", limit: 5) == ["a"])
        try apply([
            Self.message(3, [.item(ItemFacts(id: "a", title: "Heat (1995)", genres: ["Action"]))]),
            Self.message(4, [.user(UserFacts(id: "u", attributes: ["age": "25"]))]),
        ])
        #expect(try store.search("heat", limit: 5) == ["a"])
        #expect(try store.search("amelie", limit: 5).isEmpty)
        let stored = try store.ratings(threads: 1)
        #expect(stored.dataset.items.titles == ["Heat (1995)"])
        #expect(stored.dataset.items.genreNames == ["Comedy", "Action"])
        try store.verify()
    }

    @Test func `ratings say when they came in`() throws {
        try apply([Self.rating(0, "u", "a", 3, 86_400)])
        #expect(try ReadOnlyQuery.rows("SELECT time, arrived FROM ratings", path) == ["86400 \(now)"])
    }

    @Test func `who follows a store is told of each commit, whoever wrote it, and of none that failed`() async throws {
        let told = Told()
        store.follow { told.add($0) }
        try apply([Self.rating(0, "u", "a", 3), Self.rating(1, "u", "b", 4)])
        let event = RatingEvent(user: "v", item: "a", value: 5, time: 7)
        _ = try await store.apply([RatingSubmission(.rate([event]))], now: now)
        _ = try await store.apply([RatingSubmission(.remove(user: "u", item: "b"))], now: now)
        // All of it was taken before.
        try apply([Self.rating(0, "u", "a", 3)])
        store.follow(nil)
        try apply([Self.rating(9, "w", "a", 1)])
        let seen = told.all
        #expect(seen.flatMap(\.changes).map(\.value) == [3, 4, 5, nil])
        #expect(seen.map(\.number) == [1, 2, 3])
    }

    @Test func `ratings that came in last are the newest, whatever their times`() throws {
        _ = try store.importRatings(.rows([("u", "a", 3, 900), ("u", "b", 4, 800)]), now: now - 10)
        try apply([Self.rating(0, "v", "a", 5, 100)])
        #expect(try store.newestRatings(limit: 3).map(\.event.time) == [100, 900, 800])
    }
}

private final class Told: Sendable {
    private let changes = Mutex<[AppliedChanges]>([])

    func add(_ applied: AppliedChanges) { changes.withLock { $0.append(applied) } }

    var all: [AppliedChanges] { changes.withLock { $0 } }
}
