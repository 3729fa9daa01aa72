import Dispatch
import Synchronization

extension Parallel {
    /// Runs two tasks concurrently, each with half of the threads, the first with the larger half; with one thread, one
    /// after the other.
    ///
    /// Where one task waits for its slowest thread, the other uses the idle processors.
    ///
    /// - Parameter threads: total for both.
    /// - Throws: the error of the first task, else of the second; both have ended by then.
    public static func sideBySide<First, Second: Sendable>(
        threads: Int, _ first: (_ threads: Int) throws -> First,
        _ second: @escaping @Sendable (_ threads: Int) throws -> Second
    ) throws -> (First, Second) {
        precondition(threads > 0, "at least one thread")
        guard threads > 1 else { return (try first(1), try second(1)) }
        let other = Mutex<Result<Second, any Error>?>(nil)
        let group = DispatchGroup()
        // Not `concurrentPerform`, which would leave nested work only half of the processors.
        DispatchQueue.global(qos: .utility).async(group: group) {
            let result = Result { try second(threads / 2) }
            other.withLock { $0 = result }
        }
        let own = Result { try first(threads - threads / 2) }
        group.wait()
        guard let result = other.withLock({ $0 }) else { preconditionFailure("task ended without a result") }
        return (try own.get(), try result.get())
    }
}
