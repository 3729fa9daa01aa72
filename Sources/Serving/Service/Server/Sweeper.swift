import Foundation
package import Governance
package import Live
package import Logging
import ServiceLifecycle
import Synchronization

/// Removes what is older than it may be: soon after the start, and each day from then on. The service that only reads a store
/// leaves that to the one that writes it.
package struct Sweeper: Service {
    let sweep: Sweep
    let live: LiveEngine
    let logger: Logger

    package init(sweep: Sweep, live: LiveEngine, logger: Logger) {
        self.sweep = sweep
        self.live = live
        self.logger = logger
    }

    /// After the start, which has more urgent things to do.
    private static let first = Duration.seconds(60)
    private static let interval = Duration.seconds(86_400)

    package func run() async throws {
        // A thread of its own: rows go in batches, and requests do not wait for it.
        let work = HeavyWork(threads: 1)
        await cancelWhenGracefulShutdown {
            var pause = Self.first
            while !Task.isCancelled {
                try? await Task.sleep(for: pause)
                guard !Task.isCancelled else { return }
                pause = live.isFollower ? Self.first : Self.interval
                if !live.isFollower { await once(work) }
            }
        }
    }

    package func once(_ work: HeavyWork) async {
        let isStopped = Mutex(false)
        do {
            let swept = try await withTaskCancellationHandler {
                try await work.run { [sweep, live] in
                    try sweep.run(live.store, by: "service", now: Int64(Date().timeIntervalSince1970)) {
                        isStopped.withLock { $0 }
                    }
                }
            } onCancel: {
                isStopped.withLock { $0 = true }
            }
            let text = Sweep.text(swept)
            logger.notice("swept what was kept long enough", metadata: ["rows": "\(text.isEmpty ? "none" : text)"])
        } catch {
            logger.error("rows that are too old cannot be removed", metadata: ["error": "\(error)"])
        }
    }
}
