import LinearAlgebra
import Sinks
import Testing

struct BackoffTests {
    /// The documented numbers: the fourth wait after a first of 0.25 s is 1 to 2 s.
    @Test func `waits double, between half and whole`() {
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<100 {
            var backoff = Backoff()
            let waits = (0..<12).map { _ in backoff.next(using: &generator) }
            #expect(waits[3] >= .seconds(1) && waits[3] <= .seconds(2))
            #expect(waits.last.map { $0 >= .seconds(15) && $0 <= .seconds(30) } == true)
            backoff.reset()
            #expect(backoff.next(using: &generator) <= .milliseconds(250))
        }
    }

    @Test func `the server's wish counts`() {
        var generator = SeededGenerator(seed: 1)
        var backoff = Backoff()
        let wait = backoff.next(asked: .seconds(60), using: &generator)
        #expect(wait >= .seconds(60) && wait <= .seconds(61))
    }
}
