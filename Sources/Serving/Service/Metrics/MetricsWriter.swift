import Foundation
import Live
import Logging
import ServiceLifecycle

/// Where metrics are written as CSV, and how many are kept.
public struct MetricsFolderSettings: Sendable {
    /// The folder; it has to be there.
    public let path: String
    /// Seconds between samples. The default is 10.
    public var interval = 10.0
    /// Days that files are kept, ≥ 1. The default is 7.
    public var keptDays = 7
    /// Bytes that all files may take. The default is 256 MB.
    public var sizeLimit = 256_000_000

    public init(_ path: String) { self.path = path }
}

/// Writes the metrics of the service to a folder until it stops. Where that fails it goes on trying, and the log says so once.
struct MetricsWriter: Service {
    let settings: MetricsFolderSettings
    let samples: @Sendable () -> [MetricSample]
    let logger: Logger

    func run() async throws {
        let folder = MetricsFolder(settings)
        // A thread of its own: a disk that hangs holds up nobody else.
        let work = HeavyWork(threads: 1)
        await cancelWhenGracefulShutdown {
            var isFailing = false
            while !Task.isCancelled {
                do {
                    try await work.run { try folder.append(samples(), at: Date()) }
                    if isFailing { logger.notice("metrics are written again", metadata: metadata()) }
                    isFailing = false
                } catch {
                    if !isFailing { logger.error("metrics cannot be written", metadata: metadata(error)) }
                    isFailing = true
                }
                try? await Task.sleep(for: .seconds(settings.interval))
            }
        }
    }

    private func metadata(_ error: (any Error)? = nil) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["folder": "\(settings.path)"]
        if let error { metadata["error"] = "\(error.localizedDescription)" }
        return metadata
    }
}
