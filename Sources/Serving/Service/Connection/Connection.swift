import NIOCore
import ServiceLifecycle
import Synchronization

/// The connection that a request came by, for answers that take long: they end when the other side has gone.
final class Connection: Sendable {
    /// That of the request that is answered by this task; nil in tests without a socket.
    @TaskLocal static var current: Connection?

    private struct State {
        var isGone = false
        var next = 0
        var actions: [Int: @Sendable () -> Void] = [:]
    }

    private let channel: any Channel
    private let state = Mutex(State())

    init(_ channel: any Channel) { self.channel = channel }

    /// One whose other side has gone.
    static func closed(_ channel: any Channel) -> Connection {
        let connection = Connection(channel)
        connection.markGone()
        return connection
    }

    /// Closes it at once, whatever is still to be sent.
    func close() { channel.close(promise: nil) }

    /// Sends what is still to be sent, and closes it.
    func finish() { channel.close(mode: .output, promise: nil) }

    fileprivate func markGone() {
        let actions = state.withLock { state in
            state.isGone = true
            return Array(state.actions.values)
        }
        for action in actions { action() }
    }

    /// - Returns: a number by which it is removed again.
    private func add(_ action: @escaping @Sendable () -> Void) -> Int? {
        let number: Int? = state.withLock { state in
            guard !state.isGone else { return nil }
            state.next += 1
            state.actions[state.next] = action
            return state.next
        }
        if number == nil { action() }
        return number
    }

    /// Runs `body`, and `onEnd` if the other side of the current connection goes or the service is told to stop meanwhile.
    static func whileOpen<Value>(
        _ body: () async throws -> Value, onEnd: @escaping @Sendable () -> Void
    ) async rethrows -> Value {
        let number = current?.add(onEnd)
        defer { if let number { current?.state.withLock { _ = $0.actions.removeValue(forKey: number) } } }
        return try await withGracefulShutdownHandler(operation: body, onGracefulShutdown: onEnd)
    }
}

/// Tells when the other side has closed its end of a connection: who sends nothing more is not waited for.
final class ConnectionWatch: ChannelInboundHandler {
    typealias InboundIn = Any

    let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed { connection.markGone() }
        context.fireUserInboundEventTriggered(event)
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.markGone()
        context.fireChannelInactive()
    }
}
