import Foundation
import Governance
import Logging
import Service
import ServingSupport
import Store
import Testing

struct SweeperTests {
    @Test func `a service sweeps its store`() async throws {
        let sample = try LiveSample()
        let live = try sample.engine()
        let submission = RatingSubmission(
            .rate([RatingEvent(user: "0", item: "1", value: 3, time: 400)]), key: "k", digest: Data([1]))
        #expect(try await sample.store.apply([submission], now: 400) == [.done])
        let sweeper = Sweeper(sweep: Sweep(), live: live, logger: Logger(label: "test", factory: JSONLog.init))
        await sweeper.once(HeavyWork(threads: 1))
        // The key is forgotten, so that it asks for something new.
        let other = RatingSubmission(
            .rate([RatingEvent(user: "0", item: "1", value: 4, time: 500)]), key: "k", digest: Data([2]))
        #expect(try await sample.store.apply([other], now: 500) == [.done])
    }
}
