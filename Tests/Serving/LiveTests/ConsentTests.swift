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

/// Who withdraws is out of what answers, as if they had never rated.
struct LiveConsentTests {
    private let sample: LiveSample

    init() throws {
        var sample = try LiveSample()
        sample.configuration.kinds = [.als, .knn, .popularity]
        sample.configuration.compared = []
        self.sample = sample
    }

    private func decision(_ user: String, _ isGranted: Bool, _ purpose: Purpose = .personalization) -> ConsentDecision {
        ConsentDecision(
            user: user, kind: .consent(purpose), isGranted: isGranted, source: "test", time: isGranted ? 201 : 200)
    }

    /// The graph that follows, and that of a batch run on a store which never had the users.
    private func expectSame(_ engine: LiveEngine, without users: Set<String>) async throws {
        await engine.followAll()
        let view = try #require(try await engine.currentGraph())
        let never = try LiveSample()
        for user in users {
            for rating in try #require(try never.store.ratings(ofUser: user)) {
                _ = try await never.store.apply(
                    [RatingSubmission(.remove(user: user, item: rating.event.item))], now: 100)
            }
        }
        let batch = try GraphEngine(sample.configuration.graph).snapshot(
            of: never.store.ratings(threads: 1, hasAllItems: true).dataset)
        #expect(view.ratings.users == batch.ratings.users && view.ratings.items == batch.ratings.items)
        #expect(view.ratings.byUser.values == batch.ratings.byUser.values)
        #expect(view.graph.neighbors.neighbors == batch.neighbors.neighbors)
        #expect(view.graph.neighbors.similarities == batch.neighbors.similarities)
        #expect(view.graph.neighbors.supports == batch.neighbors.supports)
    }

    @Test func `the graph without who has withdrawn is that of a store without them, bit for bit`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        try engine.decide([decision("5", false), decision("17", false)], by: "test")
        #expect(engine.isWithheld("5", from: .personalization) && !engine.isWithheld("4", from: .personalization))
        try await expectSame(engine, without: ["5", "17"])
        #expect(engine.liveGraph?.neighbors(of: "5", count: 5) == nil)
        try engine.decide([decision("5", true), decision("17", true)], by: "test")
        try await expectSame(engine, without: [])
    }

    @Test func `a rating of who has withdrawn is stored and changes nothing else`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        try engine.decide([decision("5", false)], by: "test")
        #expect(try await engine.submit(sample.rate("5", 4, 5)) == .done)
        try await expectSame(engine, without: ["5"])
        #expect(try engine.store.ratings(ofUser: "5")?.contains { $0.event.item == "4" } == true)
    }

    @Test func `what another program decides is followed`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        #expect(try !engine.followDecisions())
        try Store(sample.store.path).decide([decision("5", false)], by: "test")
        #expect(try engine.followDecisions())
        try await expectSame(engine, without: ["5"])
    }

    /// Until a refresh has fitted all anew.
    @Test func `the snapshot that answers meanwhile has no rating of theirs`() async throws {
        let engine = try sample.engine()
        let first = try #require(try await engine.refresh())
        try engine.decide([decision("5", false)], by: "test")
        let snapshot = try #require(engine.snapshot)
        let user = try #require(snapshot.ratings.users.index(of: "5"))
        #expect(snapshot !== first && snapshot.version != first.version && snapshot.run == first.run)
        #expect(snapshot.ratings.userRatings(user).items.isEmpty)
        #expect(snapshot.graph.neighbors.neighbors(of: user).isEmpty)
        #expect(!snapshot.graph.neighbors.neighbors.contains(Int32(user)))
        for item in 0..<snapshot.ratings.items.count {
            #expect(!snapshot.fans.fans(of: item).contains { $0.user == user })
        }
        #expect(try engine.isBehind())
        let second = try #require(try await engine.refresh())
        #expect(second.ratings.users.index(of: "5") == nil)
        #expect(try !engine.isBehind())
    }

    @Test func `a restart and a refresh leave out who withdrew before`() async throws {
        _ = try await sample.engine().refresh()
        try sample.store.decide([decision("8", false)], by: "test")
        let engine = try sample.engine()
        #expect(try engine.isBehind())
        try await expectSame(engine, without: ["8"])
        let snapshot = try #require(try await engine.refresh())
        #expect(snapshot.ratings.users.index(of: "8") == nil)
        try await expectSame(engine, without: ["8"])
    }

    @Test func `who withdraws during a refresh is out after it`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        async let refreshed = engine.refresh()
        try engine.decide([decision("9", false)], by: "test")
        _ = try await refreshed
        try engine.followOthers()
        try await expectSame(engine, without: ["9"])
        let snapshot = try #require(engine.snapshot)
        let index = snapshot.ratings.users.index(of: "9")
        #expect(index.map { snapshot.ratings.userRatings($0).items.isEmpty } ?? true)
    }

    @Test func `models that learn from a stream do not learn from who is withheld from that`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        try engine.decide([decision("5", false, .streamLearning)], by: "test")
        let unrated = (0..<30).first { item in
            (try? engine.store.ratings(ofUser: "5")?.contains { $0.event.item == "\(item)" }) == false
        }
        let item = try #require(unrated)
        let before = engine.liveGraph?.error.total
        _ = try await engine.submit(sample.rate("5", item, 5))
        await engine.followAll()
        #expect(engine.liveGraph?.error.total == before)
        try await expectSameRatings(engine)
    }

    /// What is withheld from learning still counts for the graph.
    private func expectSameRatings(_ engine: LiveEngine) async throws {
        let view = try #require(try await engine.currentGraph())
        let stored = try sample.store.ratings(threads: 1, hasAllItems: true).dataset.ratings
        #expect(view.ratings.byUser.values == stored.byUser.values)
    }
}
