import Dispatch
import Live
import Logging
import ServiceLifecycle
import Store

/// Follows what other programs decide on the use of data: within a second no answer uses what was withdrawn.
struct ConsentFollower: Service {
    let live: LiveEngine
    let logger: Logger

    private static let lookout = Duration.milliseconds(200)
    /// Between two lines of the log about the same trouble.
    private static let patience = Duration.seconds(60)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var told: ContinuousClock.Instant?
            while !Task.isCancelled {
                do { try await follow() } catch {
                    if told.map({ $0.duration(to: .now) > Self.patience }) ?? true {
                        logger.error("decisions of users cannot be followed", metadata: ["error": "\(error)"])
                        told = .now
                    }
                }
                try? await Task.sleep(for: Self.lookout)
            }
        }
    }

    private func follow() async throws {
        let hasChanged = try await HeavyThread.run(qos: .userInitiated) { [live] in try live.followDecisions() }
        // Pages of communities and lists answer from the newest view, and wait for none.
        if hasChanged { _ = try await live.currentGraph() }
    }
}
