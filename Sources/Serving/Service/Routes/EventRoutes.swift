import Foundation
import HTTPTypes
import Hummingbird
import Live
import NIOCore
import Ratings
import ServiceLifecycle
import Store

/// What happens, as server-sent events (WHATWG HTML, section 9.2).
struct EventRoutes {
    let live: LiveEngine

    private static let heartbeat = Duration.seconds(15)

    func add(to router: RouterGroup<ServiceContext>) {
        router.get("events", use: events)
    }

    @Sendable private func events(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try Query(request)
        return Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
            body: ResponseBody { writer in
                let (frames, source) = AsyncStream.makeStream(of: String.self)
                let events = live.events.listen()
                let reading = Task {
                    for await event in events { source.yield(frame(event)) }
                    source.finish()
                }
                // A connection whose other end is gone shows only when something is written.
                let beating = Task {
                    while !Task.isCancelled {
                        source.yield(": heartbeat\n\n")
                        try await Task.sleep(for: Self.heartbeat)
                    }
                }
                defer {
                    reading.cancel()
                    beating.cancel()
                }
                try await withGracefulShutdownHandler {
                    for await frame in frames { try await writer.write(ByteBuffer(string: frame)) }
                } onGracefulShutdown: {
                    source.finish()
                }
                try await writer.finish(nil)
            })
    }

    private struct Progress: Encodable {
        let stage: String
        let share: Double
    }

    private func frame(_ event: LiveEvent) -> String {
        switch event {
        case .ratings(let ratings):
            let newest = ratings.suffix(Page.largest).map { RatingMessage($0, title: title($0.item)) }
            return frame("ratings", ItemsMessage(items: newest))
        case .progress(let stage, let share): return frame("progress", Progress(stage: stage, share: share))
        case .refreshed(let run): return frame("refresh", ["run": run])
        }
    }

    private func title(_ item: String) -> String? {
        guard let snapshot = live.snapshot, let index = snapshot.ratings.items.index(of: item) else { return nil }
        return snapshot.dataset.items.titles[index]
    }

    private func frame(_ name: String, _ value: some Encodable) -> String {
        let data = (try? Answer.encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        return "event: \(name)\ndata: \(data)\n\n"
    }
}
