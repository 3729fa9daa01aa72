import Dispatch
import Service
import Testing

struct HeavyWorkTests {
    @Test func `work is done and its errors are thrown`() async throws {
        struct Fault: Error {}
        let work = HeavyWork(threads: 1)
        #expect(try await work.run { 6 * 7 } == 42)
        await #expect(throws: Fault.self) { try await work.run { throw Fault() } }
    }

    @Test("15.8: no more waits than the queue holds")
    func fullQueue() async throws {
        let work = HeavyWork(threads: 1, queue: 1)
        let (began, gate) = (AsyncStream.makeStream(of: Void.self), DispatchSemaphore(value: 0))
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask {
                try await work.run {
                    began.continuation.yield()
                    gate.wait()
                    return 1
                }
            }
            for await _ in began.stream { break }
            // One waits for its turn, one is refused; which of them is not said.
            for _ in 0..<2 { group.addTask { try await work.run { 2 } } }
            await #expect(throws: (any Error).self) { try await group.next() }
            gate.signal()
            var sum = 0
            while let value = try await group.next() { sum += value }
            #expect(sum == 3)
        }
    }

    @Test("15.8: what has waited too long is not done any more")
    func patience() async throws {
        let work = HeavyWork(threads: 1, patience: .zero)
        await #expect(throws: (any Error).self) { try await work.run { 1 } }
    }
}
