import Live
import Logging
import ServiceLifecycle
import Sinks
import Streams

/// Runs the sources and sinks of a service until it stops; one that fails leaves the others and the service at work.
struct SourceRunner: Service {
    let sources: [any StreamSource]
    let sinks: [ElasticsearchSink]
    let live: LiveEngine
    let logger: Logger

    /// Between two looks whether this service writes the store by now.
    private static let lookout = Duration.seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { group in
                for source in sources { group.addTask { await run(source) } }
                for sink in sinks { group.addTask { await run(sink) } }
            }
            // A service ends when the first of its parts does.
            while !Task.isCancelled { try? await Task.sleep(for: .seconds(3_600)) }
        }
    }

    private func run(_ source: any StreamSource) async {
        await waitForStore()
        guard !Task.isCancelled else { return }
        logger.notice("a source begins", metadata: ["source": "\(source.name)"])
        do {
            try await source.run()
            logger.notice("a source has ended", metadata: ["source": "\(source.name)"])
        } catch is CancellationError {
        } catch {
            logger.error("a source has failed", metadata: ["source": "\(source.name)", "error": "\(error)"])
        }
    }

    private func run(_ sink: ElasticsearchSink) async {
        await waitForStore()
        guard !Task.isCancelled else { return }
        await sink.run()
    }

    private func waitForStore() async {
        while live.isFollower, !Task.isCancelled { try? await Task.sleep(for: Self.lookout) }
    }
}
