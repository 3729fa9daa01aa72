public import Dispatch
public import Synchronization

/// Work on a fixed number of threads.
///
/// The items of work are numbered, and what an item does must depend on its number alone: then the results are the same at
/// any thread count, in whatever order the threads come to them. BLAS runs single-threaded inside.
public enum Parallel {
    /// Calls `body` once for each index below `count`.
    @inlinable
    public static func forEach(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
        forEach(count, threads: threads, workspace: {}, { index, _ in body(index) })
    }

    /// Calls `body` once for each index below `count`, with a workspace that belongs to the thread.
    ///
    /// Threads take the next index when they are done with one, so uneven items balance out.
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

    /// The results of `body` for each index below `count`, in the order of the indices.
    @inlinable
    public static func map<Result: Sendable>(
        _ count: Int, threads: Int, _ body: @Sendable (Int) -> Result
    ) -> [Result] {
        map(count, threads: threads, workspace: {}, { index, _ in body(index) })
    }

    /// The same with a workspace that belongs to the thread.
    @inlinable
    public static func map<Workspace: ~Copyable, Result: Sendable>(
        _ count: Int, threads: Int, workspace: @Sendable () -> Workspace,
        _ body: @Sendable (Int, inout Workspace) -> Result
    ) -> [Result] {
        unsafe [Result](unsafeUninitializedCapacity: count) { buffer, initialized in
            // Each place belongs to the call of its index.
            nonisolated(unsafe) let buffer = unsafe buffer
            forEach(count, threads: threads, workspace: workspace) { index, own in
                unsafe buffer.initializeElement(at: index, to: body(index, &own))
            }
            initialized = count
        }
    }

    /// Cuts the numbers below `count` into ranges of about equal work for threads that take one after the other; one that is much
    /// work is a range alone. They follow from the work only, not from the threads.
    ///
    /// The last range that a thread takes is the longest that another waits: a five-hundredth of the work.
    ///
    /// - Parameter workBefore: the work of all numbers below one, in any unit.
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

    /// Cuts the numbers below `count` into ranges of one size, the last of which is smaller perhaps: for numbers that are equal
    /// work.
    public static func ranges(_ count: Int, of size: Int) -> [Range<Int>] {
        stride(from: 0, to: count, by: size).map { $0..<min($0 + size, count) }
    }
}
