import Engine
import Evaluation
import Foundation
import LinearAlgebra
import Live
import Neighbors
import Ratings
import ServingSupport
import Store
import TestSupport
import Testing

struct LiveGraphTests {
    private let sample: LiveSample

    init() throws {
        var sample = try LiveSample()
        sample.configuration.kinds = [.als, .popularity]
        sample.configuration.compared = []
        self.sample = sample
    }

    /// That of a batch run on the ratings of the store.
    private func computed() throws -> Snapshot {
        try GraphEngine(sample.configuration.graph).snapshot(
            of: sample.store.ratings(threads: 1, hasAllItems: true).dataset)
    }

    private func expectSame(_ engine: LiveEngine) async throws {
        await engine.followAll()
        let view = try #require(try await engine.currentGraph())
        let batch = try computed()
        #expect(view.ratings.users == batch.ratings.users && view.ratings.items == batch.ratings.items)
        #expect(view.ratings.byUser.values == batch.ratings.byUser.values)
        #expect(view.graph.neighbors.neighbors == batch.neighbors.neighbors)
        #expect(view.graph.neighbors.similarities == batch.neighbors.similarities)
        #expect(view.graph.neighbors.supports == batch.neighbors.supports)
        let graph = try #require(engine.liveGraph)
        for user in 0..<batch.ratings.users.count {
            let near = graph.neighbors(of: batch.ratings.users[user], count: 100)
            let expected = batch.neighbors.neighbors(of: user)
            #expect(near?.map(\.id) == expected.map { batch.ratings.users[Int($0.user)] })
            #expect(near?.map(\.similarity) == expected.map(\.similarity))
        }
    }

    private func change(_ engine: LiveEngine, _ random: inout some RandomNumberGenerator) async throws {
        let user = "\(Int.random(in: 0..<50, using: &random))"
        let item = Int.random(in: 0..<30, using: &random)
        if Int.random(in: 0..<4, using: &random) == 0 {
            _ = try await engine.submit(RatingSubmission(.remove(user: user, item: "\(item)")))
        } else {
            let value = Float(Int.random(in: 1...10, using: &random)) / 2
            _ = try await engine.submit(sample.rate(user, item, value))
        }
    }

    @Test func `the graph after each commit is that of a batch run, bit for bit`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<10 {
            for _ in 0..<12 { try await change(engine, &random) }
            try await expectSame(engine)
        }
    }

    @Test func `messages of a stream bring new users and new items into the graph`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        let messages = (0..<40).map { number in
            StreamBatch.Message(
                topic: "ratings", partition: 0, offset: Int64(number), bytes: .init(),
                changes: [
                    .rate(
                        RatingEvent(
                            user: "u\(number % 7)", item: "new \(number % 9)", value: Float(1 + number % 5), time: 500))
                ])
        }
        #expect(try engine.apply(StreamBatch(group: "g", messages: messages)).taken == 40)
        try await expectSame(engine)
    }

    @Test func `a restart follows what came after the snapshot`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        _ = try await engine.submit(sample.rate("0", 3, 5))
        _ = try await engine.submit(sample.rate("new", 4, 2))
        let known = try #require(try sample.store.ratings(ofUser: "1")?.first?.event.item)
        _ = try await engine.submit(RatingSubmission(.remove(user: "1", item: known)))
        try await expectSame(try sample.engine())
    }

    @Test func `ratings that come during a refresh are in the graph after it`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        async let refreshed = engine.refresh()
        var random = SystemRandomNumberGenerator()
        for _ in 0..<60 { try await change(engine, &random) }
        _ = try await refreshed
        try await expectSame(engine)
    }

    @Test func `what another program puts into the store is followed`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        _ = try await engine.submit(sample.rate("1", 2, 1))
        let another = try Store(sample.store.path)
        let event = RatingEvent(user: "elsewhere", item: "5", value: 4, time: 300)
        _ = try await another.apply([RatingSubmission(.rate([event]))], now: 300)
        await engine.followAll()
        #expect(engine.liveGraph?.neighbors(of: "elsewhere", count: 5)?.isEmpty == nil)
        try engine.followOthers()
        try await expectSame(engine)
        #expect(engine.change(of: "elsewhere") != nil)
        // Between commits of this program, of a user whom both change.
        let other = RatingEvent(user: "1", item: "6", value: 2, time: 301)
        _ = try await another.apply([RatingSubmission(.rate([other]))], now: 301)
        _ = try await engine.submit(sample.rate("1", 9, 4))
        try engine.followOthers()
        try await expectSame(engine)
    }

    @Test func `a view that many ask for at once is made once`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        _ = try await engine.submit(sample.rate("0", 3, 0.5))
        await engine.followAll()
        let views = try await withThrowingTaskGroup(of: GraphView?.self) { group in
            for _ in 0..<20 { group.addTask { try await engine.currentGraph() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let first = try #require(views.first ?? nil)
        #expect(views.allSatisfy { $0 === first })
    }

    @Test func `views are made once, and only where something has changed`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        await engine.followAll()
        let first = try #require(try await engine.currentGraph())
        #expect(try await engine.currentGraph() === first)
        _ = try await engine.submit(sample.rate("0", 3, 0.5))
        await engine.followAll()
        let second = try #require(try await engine.currentGraph())
        #expect(second.version != first.version)
        #expect(try await engine.currentGraph() === second)
    }

    @Test func `each new rating is predicted once before it counts, also over a refresh`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        for item in 0..<6 { _ = try await engine.submit(sample.rate("new", item, Float(1 + item % 5))) }
        // Another value of a rating that is there is not predicted.
        _ = try await engine.submit(sample.rate("new", 0, 2))
        await engine.followAll()
        #expect(engine.liveGraph?.error.count == 6)
        async let refreshed = engine.refresh()
        for item in 6..<12 { _ = try await engine.submit(sample.rate("new", item, 3)) }
        _ = try await refreshed
        await engine.followAll()
        let error = try #require(engine.liveGraph?.error)
        #expect(error.count == 12)
        #expect(error.models == ["baseline", "popularity", "als"])
        let all = error.total.filter { $0.users == .all && $0.model != "popularity" }
        #expect(all.allSatisfy { $0.sums.count == 12 })
    }
}
