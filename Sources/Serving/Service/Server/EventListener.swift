import NIOCore
import Synchronization

/// Somebody who listens to events: the frames that wait to be sent, as many as fit.
final class EventListener: Sendable {
    private struct State {
        var count = 0
        var bytes = 0
        var end: ContinuousClock.Instant?
    }

    /// What is to be sent, one after the other, until the stream ends.
    let frames: AsyncStream<ByteBuffer>
    /// Who listens.
    let audience: Audience
    /// Whether the key that came with the request still opens the stream.
    let isAllowed: @Sendable () -> Bool
    /// Closes the connection, whatever is still to be sent.
    let disconnect: @Sendable () -> Void
    private let continuation: AsyncStream<ByteBuffer>.Continuation
    private let state = Mutex(State())

    private static let frameLimit = 512
    private static let byteLimit = 1 << 20

    init(
        _ audience: Audience, isAllowed: @escaping @Sendable () -> Bool, disconnect: @escaping @Sendable () -> Void
    ) {
        self.audience = audience
        self.isAllowed = isAllowed
        self.disconnect = disconnect
        (frames, continuation) = AsyncStream.makeStream()
    }

    /// When the last frame was added; nil while more may come.
    var end: ContinuousClock.Instant? { state.withLock { $0.end } }

    /// Whether nothing waits.
    var isIdle: Bool { state.withLock { $0.count == 0 } }

    /// Adds a frame.
    ///
    /// - Returns: false where too much waits already.
    func add(_ frame: ByteBuffer) -> Bool {
        state.withLock { state in
            guard state.end == nil else { return true }
            guard state.count < Self.frameLimit, state.bytes + frame.readableBytes <= Self.byteLimit else {
                return false
            }
            state.count += 1
            state.bytes += frame.readableBytes
            continuation.yield(frame)
            return true
        }
    }

    /// Told that a frame was sent.
    func sent(_ frame: ByteBuffer) {
        state.withLock { state in
            state.count -= 1
            state.bytes -= frame.readableBytes
        }
    }

    /// Ends the stream behind what waits, with a last frame if there is one.
    func finish(_ last: ByteBuffer? = nil) {
        state.withLock { state in
            guard state.end == nil else { return }
            state.end = .now
            if let last { continuation.yield(last) }
            continuation.finish()
        }
    }
}
