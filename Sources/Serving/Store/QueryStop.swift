import GRDB
import Synchronization

/// Ends a query from another thread, before it begins or while it runs.
public final class QueryStop: Sendable {
    private let state = Mutex<(isStopped: Bool, queue: DatabaseQueue?)>((false, nil))

    public init() {}

    public func stop() {
        let queue = state.withLock { state in
            state.isStopped = true
            return state.queue
        }
        queue?.interrupt()
    }

    /// - Throws: what SQLite says of a statement that was interrupted, where it was stopped before.
    func begin(_ queue: DatabaseQueue) throws {
        let isStopped = state.withLock { state in
            state.queue = queue
            return state.isStopped
        }
        if isStopped { throw DatabaseError(resultCode: .SQLITE_INTERRUPT) }
    }
}
