import LinearAlgebra
import Synchronization
import Testing

struct ParallelTests {
    @Test(arguments: [1, 2, 7])
    func `map visits every index once and keeps the order`(_ threads: Int) {
        let visits = Mutex([Int](repeating: 0, count: 1000))
        let squares = Parallel.map(1000, threads: threads) { index in
            visits.withLock { $0[index] += 1 }
            return index * index
        }
        #expect(squares == (0..<1000).map { $0 * $0 })
        #expect(visits.withLock { $0.allSatisfy { $0 == 1 } })
    }

    @Test func `no more workspaces than threads are made`() {
        let made = Atomic(0)
        Parallel.forEach(
            100, threads: 3, workspace: { made.wrappingAdd(1, ordering: .relaxed) }, { _, _ in })
        #expect(made.load(ordering: .relaxed) <= 3)
    }

    @Test(arguments: [1, 3])
    func `join keeps the order of its parts`(_ threads: Int) {
        let parts: [[Int32]] = [[], [3, 1], [], [2], Array(0..<100)]
        #expect(Parallel.join(parts, threads: threads) == parts.flatMap { $0 })
        #expect(Parallel.join([[Int32]](), threads: threads).isEmpty)
    }

    @Test func `chunks carry about equal work`() {
        var generator = SeededGenerator(seed: 1)
        let before = (0..<5_000).reduce(into: [0]) { before, index in
            before.append(before[index] + (index == 700 ? 40_000 : generator.next(below: 50)))
        }
        let chunks = Parallel.chunks(5_000) { before[$0] }
        #expect(chunks.flatMap(Array.init) == Array(0..<5_000) && chunks.count <= 513)
        for chunk in chunks where !chunk.contains(700) {
            #expect(before[chunk.upperBound] - before[chunk.lowerBound] <= before[5_000] / 512 + 50)
        }
        #expect(Parallel.chunks(0) { $0 }.isEmpty && Parallel.chunks(2) { _ in 0 } == [0..<2])
    }

    @Test func `BLAS runs single-threaded inside a parallel section`() {
        let counts = Parallel.map(4, threads: 2) { _ in BLASThreading.threadCount }
        #expect(counts == [1, 1, 1, 1])
    }

    @Test func `map over nothing is empty`() {
        #expect(Parallel.map(0, threads: 2) { $0 }.isEmpty)
    }

    /// The two sides share the threads, and run one after the other where there is only one.
    @Test(arguments: [(1, [1, 1]), (2, [1, 1]), (5, [3, 2])])
    func `sideBySide divides the threads between both sides`(_ threads: Int, _ shares: [Int]) throws {
        let atWork = Atomic(0)
        let most = Atomic(0)
        @Sendable func work(_ share: Int) -> Int {
            let now = atWork.wrappingAdd(1, ordering: .relaxed).newValue
            most.max(now, ordering: .relaxed)
            defer { atWork.wrappingSubtract(1, ordering: .relaxed) }
            return Parallel.map(100, threads: share) { $0 }.reduce(share, +)
        }
        let (first, second) = try Parallel.sideBySide(threads: threads) {
            work($0)
        } _: {
            work($0)
        }
        #expect([first, second] == shares.map { 4_950 + $0 })
        #expect(threads > 1 || most.load(ordering: .relaxed) == 1)
    }

    @Test(arguments: [1, 2])
    func `sideBySide rethrows the error of either side`(_ threads: Int) {
        #expect(throws: CancellationError.self) {
            try Parallel.sideBySide(threads: threads) { _ in
                throw CancellationError()
            } _: { _ in
                1
            }
        }
        #expect(throws: CancellationError.self) {
            try Parallel.sideBySide(threads: threads) { _ in
                1
            } _: { _ -> Int in
                throw CancellationError()
            }
        }
    }

    @Test func `ranges cover all indices, the last one short`() {
        #expect(Parallel.ranges(0, of: 3).isEmpty)
        #expect(Parallel.ranges(7, of: 3) == [0..<3, 3..<6, 6..<7])
        #expect(Parallel.ranges(6, of: 3) == [0..<3, 3..<6])
    }

    @Test(arguments: 1...3) func `each element is updated once`(_ threads: Int) {
        var lists = (0..<100).map { [$0] }
        Parallel.update(each: &lists, threads: threads, workspace: { 5 }) { index, list, own in list.append(index * own)
        }
        #expect(lists == (0..<100).map { [$0, 5 * $0] })
    }
}
