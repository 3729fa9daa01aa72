public import Dispatch
public import Synchronization

/// Parallel loops on a fixed number of threads.
///
/// Work items are numbered, and an item must depend on its number alone: results are then identical at any thread count
/// and in any order of execution. BLAS runs single-threaded inside.
public enum Parallel {
    /// Calls `body` once for each index below `count`.
    @inlinable
    public static func forEach(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
        forEach(count, threads: threads, workspace: {}, { index, _ in body(index) })
    }

    /// Calls `body` once for each index below `count`, with the thread's workspace.
    ///
    /// Threads take the next index when done with one, which balances uneven items.
    @inlinable
    public static func forEach<Workspace: ~Copyable>(
        _ count: Int, threads: Int, workspace: @Sendable () -> Workspace,
        _ body: @Sendable (Int, inout Workspace) -> Void
    ) {
        precondition(threads > 0, "at least one thread")
        BLASThreading.useSingleThread()
        let next = Atomic(0)
        DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
            var own = workspace()
            while true {
                let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
                guard index < count else { return }
                body(index, &own)
            }
        }
    }

    /// The results of `body` for each index below `count`, in index order.
    @inlinable
    public static func map<Result: Sendable>(
        _ count: Int, threads: Int, _ body: @Sendable (Int) -> Result
    ) -> [Result] {
        map(count, threads: threads, workspace: {}, { index, _ in body(index) })
    }

    /// The same with a workspace per thread.
    @inlinable
    public static func map<Workspace: ~Copyable, Result: Sendable>(
        _ count: Int, threads: Int, workspace: @Sendable () -> Workspace,
        _ body: @Sendable (Int, inout Workspace) -> Result
    ) -> [Result] {
        unsafe [Result](unsafeUninitializedCapacity: count) { buffer, initialized in
            // Each element is written only by the call with its index.
            nonisolated(unsafe) let buffer = unsafe buffer
            forEach(count, threads: threads, workspace: workspace) { index, own in
                unsafe buffer.initializeElement(at: index, to: body(index, &own))
            }
            initialized = count
        }
    }

    /// Splits the indices below `count` into ranges of about equal work for dynamic scheduling; a heavy index gets a
    /// range of its own. The ranges do not depend on the number of threads.
    ///
    /// A thread waits at most for one range of another at the end: a five-hundredth of the work.
    ///
    /// - Parameter workBefore: the total work of all indices below the given one, in any unit.
    public static func chunks(_ count: Int, workBefore: (Int) -> Int) -> [Range<Int>] {
        let share = workBefore(count) / 512 + 1
        var chunks: [Range<Int>] = []
        var start = 0
        for end in stride(from: 1, through: count, by: 1)
        where end == count || workBefore(end) - workBefore(start) >= share {
            chunks.append(start..<end)
            start = end
        }
        return chunks
    }

    /// Splits the indices below `count` into ranges of equal size, the last perhaps shorter, for indices of equal work.
    public static func ranges(_ count: Int, of size: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    }
}
