import LinearAlgebra
import Synchronization
import Testing

struct ParallelTests {
    @Test(arguments: [1, 2, 7])
    func everyIndexIsDoneOnceAndInItsPlace(_ threads: Int) {
        let visits = Mutex([Int](repeating: 0, count: 1000))
        let squares = Parallel.map(1000, threads: threads) { index in
            visits.withLock { $0[index] += 1 }
            return index * index
        }
        #expect(squares == (0..<1000).map { $0 * $0 })
        #expect(visits.withLock { $0.allSatisfy { $0 == 1 } })
    }

    @Test func noMoreWorkspacesThanThreads() {
        let made = Atomic(0)
        Parallel.forEach(
            100, threads: 3, workspace: { made.wrappingAdd(1, ordering: .relaxed) }, { _, _ in })
        #expect(made.load(ordering: .relaxed) <= 3)
    }

    @Test func nothingToDo() {
        #expect(Parallel.map(0, threads: 2) { $0 }.isEmpty)
    }
}
