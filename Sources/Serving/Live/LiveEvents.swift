public import Store
import Synchronization

/// What happens while a service runs.
public enum LiveEvent: Sendable {
    /// Ratings that were stored.
    case ratings([RatingEvent])
    /// A refresh at work: which stage, and the share of it that is done.
    case progress(stage: String, share: Double)
    /// A new snapshot is there.
    case refreshed(run: Int64)
}

/// Tells everybody who listens what happens.
public final class LiveEvents: Sendable {
    private struct State {
        var listeners: [Int: AsyncStream<LiveEvent>.Continuation] = [:]
        var next = 0
    }

    private let state = Mutex(State())
    /// A listener that falls behind by more loses the oldest.
    private static let buffered = 256

    /// All events from now on, until the task that reads them is cancelled.
    public func listen() -> AsyncStream<LiveEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: LiveEvent.self, bufferingPolicy: .bufferingNewest(Self.buffered))
        let number = state.withLock { state in
            state.next += 1
            state.listeners[state.next] = continuation
            return state.next
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.listeners.removeValue(forKey: number) }
        }
        return stream
    }

    func send(_ event: LiveEvent) {
        let listeners = state.withLock { Array($0.listeners.values) }
        for listener in listeners { listener.yield(event) }
    }
}
