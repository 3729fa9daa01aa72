import Foundation
import Live
import Logging
import Platform
import ServiceLifecycle
import Store

/// Sets refreshes going: where there is no snapshot or another program has imported something since, by schedule, and when
/// asked.
struct Refresher: Service {
    let live: LiveEngine
    let metrics: ServiceMetrics
    let logger: Logger
    /// Seconds between refreshes, or nil for no schedule.
    let interval: Double?

    /// Seconds between two looks for imports.
    private static let lookout = 5.0
    /// Between two times at which free memory goes back to the system.
    private static let tidying = Duration.seconds(30)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var (last, imports) = (ContinuousClock.now, importCount)
            var tidied = last
            while !Task.isCancelled {
                let waited = last.duration(to: .now)
                let isDue = interval.map { waited >= .seconds($0) } ?? false
                if live.isFollower {
                    follow()
                } else if waited >= .seconds(live.trouble?.pause ?? 0) || importCount != imports, isDue || isBehind {
                    (last, imports) = (.now, importCount)
                    _ = start()
                }
                try? live.followOthers()
                // Lists of models that follow the ratings answer from the newest view, and wait for none.
                _ = try? await live.currentGraph()
                if !live.isFollower { try? live.keepStreamErrors(now: Int64(Date().timeIntervalSince1970)) }
                if tidied.duration(to: .now) >= Self.tidying {
                    FreeMemory.release()
                    tidied = .now
                }
                try? await Task.sleep(for: .seconds(min(interval ?? Self.lookout, Self.lookout)))
            }
        }
    }

    /// What failed may work after another import.
    private var importCount: Int? { try? live.store.importCount() }

    /// A store that cannot be read now may be in a moment.
    private var isBehind: Bool { (try? live.isBehind()) == true }

    /// The service that writes the store may have gone, or have computed something.
    private func follow() {
        do {
            if try live.claim() {
                logger.notice("the other service is gone; this one writes the store now")
            } else {
                try live.follow()
            }
        } catch {
            logger.error("the store cannot be followed", metadata: ["error": "\(error)"])
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
                logger.notice("refreshed", metadata: metadata(of: snapshot.run))
            } catch {
                metrics.countRefresh(isDone: false)
                logger.error(
                    "the refresh failed; the snapshot before stays",
                    metadata: [
                        "error": "\(error)", "failures": "\(live.trouble?.failures ?? 0)",
                        "next_attempt_seconds": "\(live.trouble?.pause ?? 0)",
                    ])
            }
        }
        return true
    }

    private func metadata(of run: StoredRun) -> Logger.Metadata {
        let stages = run.stages.map { "\($0.stage) \(($0.seconds * 1_000).rounded() / 1_000)" }
        var metadata: Logger.Metadata = [
            "run": "\(run.number)", "seconds": "\(run.seconds)", "stages": "\(stages.joined(separator: ", "))",
        ]
        if case .kept(let earlier, let changed) = run.comparison {
            metadata["comparison_of_run"] = "\(earlier)"
            metadata["changed_ratings"] = "\(changed)"
        }
        return metadata
    }
}
