import Governance
import Live
import Logging
import ServiceLifecycle
import Sinks
import Store

/// Completes erasures: those that were begun over HTTP, and those that an end of the program has interrupted.
///
/// The steps run beside requests. The file is not written anew unless a trace is left in it: to write it anew takes the disk from
/// those who ask (docs/erasure.md has the figures).
struct ErasureRunner: Service {
    let live: LiveEngine
    /// Indices and topics.
    let copies: [any ErasableCopy]
    let files: GraphFiles
    let logger: Logger

    private static let lookout = Duration.seconds(1)
    /// After an erasure that could not be completed, as where a server is away.
    private static let longestPause = Duration.seconds(300)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = Self.lookout
            while !Task.isCancelled {
                do {
                    if !live.isFollower { try await completeAll() }
                    pause = Self.lookout
                } catch {
                    pause = min(pause * 2, Self.longestPause)
                    logger.error(
                        "an erasure is not complete, and goes on later",
                        metadata: ["error": "\(error)", "next_attempt": "\(pause)"])
                }
                try? await Task.sleep(for: pause)
            }
        }
    }

    private func completeAll() async throws {
        let jobs = try await HeavyThread.run { [store = live.store] in try store.unfinishedErasures() }
        // What sinks load meanwhile would bring an edge of theirs back.
        guard !jobs.isEmpty, !live.holdsErased else { return }
        await files.removeAll()
        for job in jobs {
            let receipt = try await Erasure(live.store, copies: copies, vacuums: false).complete(job)
            logger.notice("an erasure is complete", metadata: ["receipt": "\(receipt.number)"])
        }
    }
}
