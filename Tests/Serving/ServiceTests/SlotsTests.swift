import Service
import Testing

struct SlotsTests {
    private actor Running {
        private var now = 0
        private(set) var most = 0

        func begin() {
            now += 1
            most = max(most, now)
        }

        func end() { now -= 1 }
    }

    @Test func `15.7: so many run, so many wait, and the next is refused`() async throws {
        let slots = Slots(2, waiting: 3)
        let running = Running()
        let (gate, opening) = AsyncStream<Void>.makeStream()
        let results = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<9 {
                group.addTask {
                    do {
                        try await slots.run {
                            await running.begin()
                            for await _ in gate {}
                            await running.end()
                        }
                        return true
                    } catch { return false }
                }
            }
            // The refused ones are done first.
            var results: [Bool] = []
            for await result in group {
                results.append(result)
                if results.count == 4 { opening.finish() }
            }
            return results
        }
        #expect(results.prefix(4) == [false, false, false, false] && results.count(where: { $0 }) == 5)
        #expect(await running.most == 2)
        #expect(try await slots.run { 1 } == 1)
    }
}
