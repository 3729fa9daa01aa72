import Engine
import Foundation
import GRDB
import Live
import Ratings
import ServingSupport
import Store
import Testing

/// Bad luck with what was kept, with ids, and with other services.
struct LiveTroubleTests {
    private let sample: LiveSample

    init() throws {
        var sample = try LiveSample()
        sample.configuration.kinds = [.als, .knn, .popularity]
        sample.configuration.compared = []
        self.sample = sample
    }

    private func change(_ sql: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        try DatabaseQueue(path: sample.store.path, configuration: configuration).write { try $0.execute(sql: sql) }
    }

    @Test("15.2: ids that differ only by Unicode normalization are two users, at every refresh")
    func normalization() async throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        let engine = try sample.engine()
        for user in [composed, decomposed] {
            for item in 0..<6 { _ = try await engine.submit(sample.rate(user, item, user == composed ? 5 : 1)) }
        }
        let first = try #require(try await engine.refresh())
        let indices = [composed, decomposed].compactMap(first.ratings.users.index)
        #expect(indices.count == 2 && indices[0] != indices[1])
        _ = try await engine.submit(sample.rate(composed, 7, 4))
        #expect(engine.change(of: composed) != nil && engine.change(of: decomposed) == nil)
        let restarted = try sample.engine()
        #expect(restarted.change(of: composed) != nil && restarted.change(of: decomposed) == nil)
        let second = try #require(try await restarted.refresh())
        #expect(try restarted.person(decomposed, in: second)?.ratings.items.count == 6)
        #expect(try restarted.person(composed, in: second)?.ratings.items.count == 7)
    }

    @Test("15.14: what was kept and has changed is not served, and what helps is said")
    func changedSnapshot() async throws {
        let computed = try #require(try await sample.engine().refresh())
        try change("UPDATE run_files SET bytes = zeroblob(length(bytes)) WHERE name = 'rating_values.npy'")
        let engine = try sample.engine()
        let trouble = try #require(engine.trouble)
        #expect(engine.snapshot == nil && trouble.failures == 0 && trouble.pause == 0)
        #expect(trouble.reason.contains("rating_values.npy") && trouble.reason.contains("computed again"))
        #expect(!trouble.reason.contains(sample.store.path))
        let again = try #require(try await engine.refresh())
        #expect(engine.trouble == nil && again.graph.partition == computed.graph.partition)
        #expect(again.version != computed.version)
    }

    @Test("15.2: refreshes that fail are counted and wait longer each time")
    func failures() async throws {
        let engine = try sample.engine()
        _ = try await engine.refresh()
        try change("DELETE FROM users WHERE id = '0'")
        var pauses: [Double] = []
        for _ in 0..<3 {
            await #expect(throws: StoreError.self) { try await engine.refresh() }
            pauses.append(try #require(engine.trouble).pause)
        }
        #expect(pauses == [5, 10, 20] && engine.trouble?.failures == 3 && engine.snapshot != nil)
        #expect(engine.trouble?.reason.contains("DELETE FROM ratings") == true)
        try change("DELETE FROM ratings WHERE user NOT IN (SELECT user FROM users)")
        _ = try await engine.refresh()
        #expect(engine.trouble == nil)
    }

    @Test("15.17: a second service says so, only reads, follows, and takes over")
    func secondService() async throws {
        let first = try sample.engine()
        let second = try sample.engine()
        #expect(try first.claim())
        #expect(try !second.claim() && second.isFollower)
        await #expect(throws: StoreError.served(path: sample.store.path)) {
            try await second.submit(sample.rate("0", 3, 5))
        }
        await #expect(throws: StoreError.served(path: sample.store.path)) { try await second.refresh() }
        let snapshot = try #require(try await first.refresh())
        _ = try await first.submit(sample.rate("0", 3, 5))
        try second.follow()
        #expect(second.snapshot?.version == snapshot.version && second.change(of: "0") != nil)
        first.release()
        #expect(try second.claim() && !second.isFollower)
        #expect(try await second.submit(sample.rate("0", 4, 5)) == .done)
    }
}
