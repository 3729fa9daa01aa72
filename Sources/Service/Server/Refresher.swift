import Live
import Logging
import ServiceLifecycle
import Store

/// Sets refreshes going: at the start where there is no snapshot or an import has come since, by schedule, and when asked.
struct Refresher: Service {
    let live: LiveEngine
    let metrics: ServiceMetrics
    let logger: Logger
    /// Seconds between refreshes, or nil for no schedule.
    let interval: Double?

    func run() async throws {
        if try live.isBehind() { _ = start() }
        try await cancelWhenGracefulShutdown {
            guard let interval else { return try await gracefulShutdown() }
            while true {
                try await Task.sleep(for: .seconds(interval))
                _ = start()
            }
        }
    }

    /// Begins a refresh that nobody waits for.
    ///
    /// - Returns: false where one is under way.
    func start() -> Bool {
        guard !live.isRefreshing else { return false }
        Task {
            do {
                guard let snapshot = try await live.refresh() else { return }
                metrics.countRefresh(isDone: true)
                logger.notice(
                    "refreshed", metadata: ["run": "\(snapshot.run.number)", "seconds": "\(snapshot.run.seconds)"])
            } catch {
                metrics.countRefresh(isDone: false)
                logger.error("the refresh failed; the snapshot before stays", metadata: ["error": "\(error)"])
            }
        }
        return true
    }
}
