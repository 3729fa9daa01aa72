import Foundation
import Live
import NIOCore
import Ratings
import Store
import Synchronization

/// Everybody who listens to events. Each event is encoded once for each audience, and nobody's reading holds up the others: who
/// falls too far behind is dropped with a last event.
final class EventHub: Sendable {
    private struct State {
        var listeners: [Int: EventListener] = [:]
        var next = 0
        /// What sends events and looks after listeners while there are any.
        var tasks: [Task<Void, Never>] = []
    }

    private let live: LiveEngine
    private let metrics: ServiceMetrics
    private let state = Mutex(State())

    private static let listenerLimit = 256
    private static let heartbeat = Duration.seconds(15)
    private static let lookout = Duration.seconds(1)
    /// What a listener that was told to go has for reading that.
    private static let farewell = Duration.seconds(3)

    init(live: LiveEngine, metrics: ServiceMetrics) {
        self.live = live
        self.metrics = metrics
    }

    deinit { state.withLock { $0.tasks.forEach { $0.cancel() } } }

    var isFull: Bool { state.withLock { $0.listeners.count >= Self.listenerLimit } }

    /// Adds a listener, to which events come from now on, and runs while it listens.
    func serve(_ listener: EventListener, _ body: () async throws -> Void) async throws {
        let number = insert(listener)
        defer { remove(number) }
        try await body()
    }

    private func insert(_ listener: EventListener) -> Int {
        // A connection whose other end is gone shows only when something is written.
        _ = listener.add(Self.heartbeatFrame)
        return state.withLock { state in
            if state.listeners.isEmpty {
                let events = live.events.listen()
                state.tasks = [
                    Task { [weak self] in for await event in events { self?.send(event) } },
                    Task { [weak self] in await Self.watch { self } },
                ]
            }
            state.next += 1
            state.listeners[state.next] = listener
            return state.next
        }
    }

    private func remove(_ number: Int) {
        state.withLock { state in
            state.listeners[number] = nil
            guard state.listeners.isEmpty else { return }
            state.tasks.forEach { $0.cancel() }
            state.tasks = []
        }
    }

    private var listeners: [EventListener] { state.withLock { Array($0.listeners.values) } }

    private func send(_ event: LiveEvent) {
        var frames: [Audience: ByteBuffer] = [:]
        for listener in listeners {
            let frame = frames[listener.audience] ?? frame(event, for: listener.audience)
            frames[listener.audience] = frame
            if listener.add(frame) { continue }
            metrics.countDroppedListener()
            listener.finish(Self.dropped("slow"))
        }
    }

    // MARK: Looking after listeners

    private static func watch(_ hub: () -> EventHub?) async {
        var beat = ContinuousClock.now
        while !Task.isCancelled, let hub = hub() {
            let isDue = beat.duration(to: .now) >= heartbeat
            if isDue { beat = .now }
            for listener in hub.listeners { hub.look(after: listener, beats: isDue) }
            try? await Task.sleep(for: lookout)
        }
    }

    private func look(after listener: EventListener, beats: Bool) {
        if let end = listener.end {
            if end.duration(to: .now) > Self.farewell { listener.disconnect() }
        } else if !listener.isAllowed() {
            listener.finish(Self.dropped("key"))
        } else if beats, listener.isIdle {
            _ = listener.add(Self.heartbeatFrame)
        }
    }

    // MARK: Frames

    private static let heartbeatFrame = ByteBuffer(string: ": heartbeat\n\n")

    /// The last event of who has to go, with the milliseconds after which it may come again.
    private static func dropped(_ reason: String) -> ByteBuffer {
        ByteBuffer(string: "retry: 5000\nevent: dropped\ndata: {\"reason\":\"\(reason)\"}\n\n")
    }

    private struct Progress: Encodable {
        let stage: String
        let share: Double
    }

    private func frame(_ event: LiveEvent, for audience: Audience) -> ByteBuffer {
        switch event {
        case .ratings(let ratings):
            let newest = ratings.suffix(Page.largest).map { RatingMessage($0, title: title($0.item), for: audience) }
            return Self.frame("ratings", ItemsMessage(items: newest))
        case .progress(let stage, let share): return Self.frame("progress", Progress(stage: stage, share: share))
        case .refreshed(let run): return Self.frame("refresh", ["run": run])
        }
    }

    private func title(_ item: String) -> String? {
        guard let snapshot = live.snapshot, let index = snapshot.ratings.items.index(of: item) else { return nil }
        return snapshot.dataset.items.titles[index]
    }

    private static func frame(_ name: String, _ value: some Encodable) -> ByteBuffer {
        let data = (try? Answer.encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        return ByteBuffer(string: "event: \(name)\ndata: \(data)\n\n")
    }
}
