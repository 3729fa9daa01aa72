import Foundation
import LinearAlgebra
import Ratings
import ServingSupport
import Store
import TestSupport
import Testing

struct OutboxTests {
    private let scratch: Scratch
    private let store: Store
    private static let sink = "index"

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
    }

    private func apply(_ changes: [StreamChange], at offset: Int64) throws {
        let message = StreamBatch.Message(
            topic: "ratings", partition: 0, offset: offset, bytes: Data(), changes: changes)
        _ = try store.apply(StreamBatch(group: "kindred", messages: [message]), now: now)
    }

    private static func rate(_ user: String, _ item: String, _ value: Float, _ time: Int64? = 1_000) -> StreamChange {
        .rate(RatingEvent(user: user, item: item, value: value, time: time))
    }

    private func places(after number: Int64 = 0) throws -> [String] {
        try store.outbox(after: number, limit: 100).map { entry in
            "\(entry.user ?? "-") \(entry.item) \(entry.rating.map { "\($0.value)" } ?? "-")"
        }
    }

    @Test func `nothing goes out before there is a sink, and nothing after the last is closed`() throws {
        try apply([Self.rate("u", "a", 3)], at: 0)
        #expect(try store.outboxNumber() == 0)
        try store.openSink(Self.sink)
        try apply([Self.rate("u", "b", 4)], at: 1)
        #expect(try places() == ["- b -", "u b 4.0"])
        try store.closeSink(Self.sink)
        try apply([Self.rate("u", "c", 5)], at: 2)
        #expect(try places().isEmpty && store.outboxNumber() == 2)
    }

    @Test func `of each rating and each item there is the newest change alone`() throws {
        try store.openSink(Self.sink)
        try apply([Self.rate("u", "a", 3, 1), Self.rate("v", "a", 2, 1)], at: 0)
        try apply([Self.rate("u", "a", 4, 2)], at: 1)
        // As it is, and too late.
        try apply([Self.rate("u", "a", 4, 2), Self.rate("u", "a", 1, 1)], at: 2)
        #expect(try places() == ["- a -", "v a 2.0", "u a 4.0"])
        try apply(
            [.remove(user: "v", item: "a"), .item(ItemFacts(id: "a", title: "A (1995)", genres: ["War"]))], at: 3)
        #expect(try places() == ["u a 4.0", "v a -", "- a -"])
        let numbers = try store.outbox(after: 0, limit: 100).map(\.number)
        #expect(try numbers == numbers.sorted() && numbers.last == store.outboxNumber())
        let lag = try store.outboxLag(of: Self.sink)
        #expect(lag.entries == 3 && abs(Int64(Date().timeIntervalSince1970) - (lag.oldest ?? 0)) < 60)
    }

    @Test func `an import goes out too`() throws {
        try store.openSink(Self.sink)
        _ = try store.importFile(.rows([("u", "a", 5, 100), ("v", "a", 4, 100)]), scale: 1...5, now: now)
        #expect(try places().filter { !$0.hasPrefix("-") } == ["u a 5.0", "v a 4.0"])
    }

    @Test func `what all sinks have is dropped`() throws {
        let (first, second) = (try store.openSink("one"), try store.openSink("two"))
        try apply([Self.rate("u", "a", 3), Self.rate("u", "b", 4)], at: 0)
        let entries = try store.outbox(after: 0, limit: 100)
        #expect(entries.count == 4)
        #expect(try store.acknowledge(first, through: entries[2].number))
        #expect(try store.outbox(after: 0, limit: 100).count == 4)
        #expect(try store.outboxLag(of: "one").entries == 1)
        #expect(try store.acknowledge(second, through: entries[1].number))
        #expect(try store.outbox(after: 0, limit: 100) == Array(entries[2...]))
        #expect(try store.sink("one")?.acknowledged == entries[2].number)
        try store.closeSinks(except: "one")
        #expect(try store.outbox(after: 0, limit: 100) == Array(entries[3...]) && store.sink("two") == nil)
    }

    @Test func `what was acknowledged before a load has ended does not count after it`() throws {
        let before = try store.openSink(Self.sink)
        try store.openSink("index loading")
        let sequence = try store.outboxNumber()
        try apply([Self.rate("u", "a", 3)], at: 0)
        let number = try store.outboxNumber()
        #expect(try store.acknowledge(before, through: number))
        let after = try #require(try store.endLoad(of: Self.sink, from: sequence, run: 7))
        #expect(after.load != before.load && after.run == 7 && after.acknowledged == sequence)
        try store.closeSink("index loading")
        #expect(try !store.acknowledge(before, through: number))
        #expect(try !store.ended(run: 8, for: before))
        #expect(try store.outbox(after: after.acknowledged, limit: 100).count == 2)
        #expect(try store.ended(run: 8, for: after) && store.sink(Self.sink)?.run == 8)
        #expect(try store.endLoad(of: "another", from: 0, run: 0) == nil)
    }

    @Test func `a sink that falls too far behind is forgotten, and has to be loaded anew`() throws {
        try store.openSink(Self.sink)
        let state = try #require(try store.endLoad(of: Self.sink, from: 0, run: 1))
        try apply([Self.rate("u", "a", 3)], at: 0)
        try store.closeSink(Self.sink)
        #expect(try store.outbox(after: 0, limit: 100).isEmpty)
        #expect(try store.openSink(Self.sink).load == 0 && !store.acknowledge(state, through: 2))
    }

    /// A copy that begins with pages of records and then follows the outbox, while the store changes between any two reads.
    @Test(arguments: 1...20) func `records and the outbox end in what the store has`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var offset: Int64 = 0
        func change() throws {
            let (user, item) = (
                "u\(Int.random(in: 0..<8, using: &generator))", "i\(Int.random(in: 0..<9, using: &generator))"
            )
            let isRemoved = Int.random(in: 0..<3, using: &generator) == 0
            let value = Float(Int.random(in: 1...5, using: &generator))
            try apply(
                [isRemoved ? .remove(user: user, item: item) : Self.rate(user, item, value, 1_000 + offset)], at: offset
            )
            offset += 1
        }
        for _ in 0..<60 { try change() }
        var state = try store.openSink(Self.sink)
        var copy: [String: (version: Int64, value: Float?)] = [:]
        func take(_ user: String, _ item: String, _ value: Float?, _ version: Int64) {
            let key = "\(user) \(item)"
            if version >= copy[key]?.version ?? 0 { copy[key] = (version, value) }
        }
        let sequence = try store.outboxNumber()
        var place: RecordPlace?
        repeat {
            let page = try store.ratingRecords(after: place, limit: 7)
            for record in page.records { take(record.user, record.item, record.value, sequence) }
            place = page.next
            for _ in 0..<3 { try change() }
        } while place != nil
        state = try #require(try store.endLoad(of: Self.sink, from: sequence, run: 0))
        var number = state.acknowledged
        while case let entries = try store.outbox(after: number, limit: 5), let last = entries.last {
            // What is sent but not acknowledged comes again.
            for entry in entries + entries.prefix(2) {
                if let user = entry.user { take(user, entry.item, entry.rating?.value, entry.number) }
            }
            if Bool.random(using: &generator), offset < 200 { try change() }
            #expect(try store.acknowledge(state, through: last.number))
            number = last.number
        }
        let found = copy.compactMap { key, row in row.value.map { "\(key) \($0)" } }.sorted()
        #expect(
            try found
                == ReadOnlyQuery.rows(
                    "SELECT user_id, item_id, rating FROM rating_details ORDER BY 1, 2", scratch.path("s.sqlite")))
        #expect(try store.outboxLag(of: Self.sink).entries == 0)
    }

    @Test func `records say what is known of users, items and lists`() throws {
        _ = try store.importFile(
            .rows(
                [("u", "a", 5, 100), ("v", "a", 4, nil), ("u", "b", 2, 100)], titles: ["a": "A (1995)"],
                genres: ["a": ["War", "Drama"]]), scale: 1...5, now: now)
        var result = RunResult(users: Vocabulary(["u", "v"]), items: Vocabulary(["a", "b"]))
        result.communities = [3, 4]
        result.recommendations = [
            .init(user: 1, model: "als", place: 1, item: 1, predictedRating: 3.5, score: nil),
            .init(user: 1, model: "knn", place: 1, item: 0, predictedRating: nil, score: 2),
        ]
        let run = try store.save(
            StoredRun(
                kind: "refresh", started: now, seconds: 1, ratings: 3, options: "{}", version: "1", metrics: []), result
        )
        try apply([Self.rate("w", "a", 3)], at: 0)
        #expect(
            try store.itemRecords() == [
                ItemRecord(id: "a", title: "A (1995)", genres: ["Drama", "War"], ratings: 3, meanRating: 4),
                ItemRecord(id: "b", title: nil, genres: [], ratings: 1, meanRating: 2),
            ])
        #expect(try store.itemRecords(of: ["b", "x"]).map(\.id) == ["b"])
        let users = [
            UserRecord(id: "u", community: 3, ratings: 2, meanRating: 3.5),
            UserRecord(id: "v", community: 4, ratings: 1, meanRating: 4),
            UserRecord(id: "w", community: nil, ratings: 1, meanRating: 3),
        ]
        #expect(try store.userRecords(after: nil, limit: 10).records == users)
        #expect(try store.userRecords(of: ["w", "v", "x"]) == Array(users[1...]))
        let first = try store.recommendationRecords(of: run, after: nil, limit: 1)
        #expect(first.records.map(\.place.model) == ["als"] && first.records[0].genres.isEmpty)
        let second = try store.recommendationRecords(of: run, after: first.next, limit: 2)
        #expect(second.records.map(\.place.item) == ["a"] && second.records[0].genres == ["Drama", "War"])
        #expect(second.next == nil)
    }
}
