import Engine
import Live
import Ratings
import ServingSupport
import Store
import Testing

struct LiveErasureTests {
    private let sample: LiveSample

    init() throws {
        var sample = try LiveSample()
        sample.configuration.kinds = [.als, .popularity]
        sample.configuration.compared = []
        self.sample = sample
    }

    @Test func `from an erasure on nobody is answered with the user, and a refresh fits without them`() async throws {
        let engine = try sample.engine()
        let before = try #require(try await engine.refresh())
        _ = try engine.beginErasure(of: "7", by: "test")
        await engine.followAll()
        #expect(engine.isErased("7") && !engine.isErased("8") && engine.holdsErased)
        #expect(try engine.isBehind())
        let graph = try #require(engine.liveGraph)
        #expect(graph.neighbors(of: "7", count: 5) == nil)
        for user in before.ratings.users.ids where user != "7" {
            #expect(graph.neighbors(of: user, count: 100)?.contains { $0.id == "7" } == false)
        }
        let view = try #require(try await engine.currentGraph())
        #expect(view.ratings.users.index(of: "7") == nil)
        #expect(try engine.person("7", in: before) == nil)
        // A program that starts now has nothing of them.
        #expect(try sample.engine().snapshot == nil)
        let after = try #require(try await engine.refresh())
        #expect(after.ratings.users.index(of: "7") == nil && !engine.holdsErased)
    }

    @Test func `a store of which everybody was erased has no snapshot`() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        let users = try #require(engine.snapshot).ratings.users.ids
        for user in users { _ = try engine.beginErasure(of: user, by: "test") }
        #expect(engine.snapshot == nil && !engine.holdsErased)
    }
}

extension Vocabulary {
    fileprivate var ids: [String] { (0..<count).map { self[$0] } }
}
