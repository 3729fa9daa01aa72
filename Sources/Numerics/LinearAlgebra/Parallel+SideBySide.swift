import Dispatch
import Synchronization

extension Parallel {
    /// Two tasks at the same time, each with its half of the threads, the first with the larger; one after the other, with all of
    /// them, where there is one thread.
    ///
    /// Work that waits for its slowest thread now and then leaves processors idle, which the other task uses.
    ///
    /// - Parameter threads: of both together.
    /// - Throws: what a task throws, the first before the second; both have ended then.
    public static func sideBySide<First, Second: Sendable>(
        threads: Int, _ first: (_ threads: Int) throws -> First,
        _ second: @escaping @Sendable (_ threads: Int) throws -> Second
    ) throws -> (First, Second) {
        precondition(threads > 0, "at least one thread")
        guard threads > 1 else { return (try first(1), try second(1)) }
        let other = Mutex<Result<Second, any Error>?>(nil)
        let group = DispatchGroup()
        // Not `concurrentPerform`, which would give what runs inside only half of the processors.
        DispatchQueue.global(qos: .utility).async(group: group) {
            let result = Result { try second(threads / 2) }
            other.withLock { $0 = result }
        }
        let own = Result { try first(threads - threads / 2) }
        group.wait()
        guard let result = other.withLock({ $0 }) else { preconditionFailure("a task has ended without a result") }
        return (try own.get(), try result.get())
    }
}
