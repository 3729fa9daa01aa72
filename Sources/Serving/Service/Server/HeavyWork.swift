import Foundation
import HTTPTypes
import NIOPosix
import Synchronization

/// Runs what computes, or waits for the disk, on threads of its own: those that serve connections are few, and have to be free to
/// answer at once.
///
/// What comes while all threads are at work waits. Where too much waits already, or it has waited too long to be of use, the caller
/// is told to come again.
package final class HeavyWork: Sendable {
    private let pool: NIOThreadPool
    private let limit: Int
    private let patience: Duration
    private let count = Atomic(0)

    /// - Parameters:
    ///   - queue: how many may wait.
    ///   - patience: how long.
    package init(threads: Int, queue: Int = 1_024, patience: Duration = .seconds(10)) {
        pool = NIOThreadPool(numberOfThreads: threads)
        limit = threads + queue
        self.patience = patience
        pool.start()
        lowerPriority(of: threads)
    }

    /// Below the threads that serve connections, which are always ready to run for a moment.
    private func lowerPriority(of threads: Int) {
        #if os(Linux)
            // Nobody leaves before all are there, so each thread takes one.
            let all = DispatchGroup()
            for _ in 0..<threads { all.enter() }
            for _ in 0..<threads {
                pool.submit { _ in
                    setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
                    all.leave()
                    all.wait()
                }
            }
        #endif
    }

    deinit { pool.shutdownGracefully { _ in } }

    /// - Throws: a problem where there is too much to do, and what `body` throws.
    package func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        defer { count.subtract(1, ordering: .relaxed) }
        guard count.add(1, ordering: .relaxed).newValue <= limit else { throw Self.busy }
        let begin = ContinuousClock.now
        return try await pool.runIfActive { [patience] in
            guard begin.duration(to: .now) < patience else { throw Self.busy }
            return try body()
        }
    }

    private static var busy: Problem {
        Problem(.serviceUnavailable, "too much is asked at once; nothing was done").with(.retryAfter, "1")
    }
}
