import Foundation
import HTTPTypes
import Hummingbird
import Live
import NIOCore
import Sinks
import Store
import Streams

/// Whether the service lives and is ready, and what it counts.
struct HealthRoutes {
    let live: LiveEngine
    let metrics: ServiceMetrics
    let sources: [any StreamSource]
    let sinks: [ElasticsearchSink]
    /// Seconds since 1970.
    let now: @Sendable () -> Int64

    func addPublic(to router: RouterGroup<ServiceContext>) {
        router.get("healthz") { request, _ in
            _ = try Query(request)
            return try Answer.json(["status": "ok"])
        }
        router.get("readyz") { request, _ in
            _ = try Query(request)
            guard live.snapshot != nil else { throw Problem.noSnapshot(live.trouble) }
            guard live.store.isInPlace else {
                throw Problem(
                    .serviceUnavailable,
                    "the file of the store was removed or replaced; stop the service, put it back and start again")
            }
            return try Answer.json(Readiness(status: "ready", trouble: live.trouble?.reason))
        }
    }

    private struct Readiness: Encodable {
        let status: String
        /// Why the snapshot is not renewed; null where nothing is wrong.
        @Nullable var trouble: String?
    }

    func addReading(to router: RouterGroup<ServiceContext>) {
        router.get("metrics") { request, _ in
            _ = try Query(request)
            return Answer(
                ByteBuffer(string: metrics.report(live, sources, sinks, now: now()).text),
                type: "text/plain; version=0.0.4; charset=utf-8")
        }
    }
}
