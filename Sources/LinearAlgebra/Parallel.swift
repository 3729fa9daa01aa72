import Dispatch
import Synchronization

/// Work on a fixed number of threads.
///
/// The items of work are numbered, and what an item does must depend on its number alone: then the results are the same at
/// any thread count, in whatever order the threads come to them. BLAS runs single-threaded inside.
public enum Parallel {
    /// Calls `body` once for each index below `count`.
    public static func forEach(_ count: Int, threads: Int, _ body: @Sendable (Int) -> Void) {
        forEach(count, threads: threads, workspace: {}, { index, _ in body(index) })
    }

    /// Calls `body` once for each index below `count`, with a workspace that belongs to the thread.
    ///
    /// Threads take the next index when they are done with one, so uneven items balance out.
    public static func forEach<Workspace>(
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
    public static func map<Result: Sendable>(
        _ count: Int, threads: Int, _ body: @Sendable (Int) -> Result
    ) -> [Result] {
        let slots = (0..<count).map { _ in Slot<Result>() }
        forEach(count, threads: threads) { index in
            let result = body(index)
            slots[index].value.withLock { $0 = result }
        }
        return slots.compactMap { slot in slot.value.withLock { $0 } }
    }

    private final class Slot<Value: Sendable>: Sendable {
        let value = Mutex<Value?>(nil)
    }
}
