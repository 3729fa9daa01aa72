import NIOCore
import NIOHTTP1

/// Ends the reading of a request whose body does not arrive in time, however steadily it trickles in.
final class RequestDeadline: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    /// What reading the body throws then.
    struct Passed: Error {}

    private let limit: TimeAmount
    private var isReading = false
    private var timer: Scheduled<Void>?

    init(_ limit: TimeAmount) { self.limit = limit }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: isReading = true
        case .body: break
        case .end: stop()
        }
        context.fireChannelRead(data)
    }

    /// What is there at once needs no clock.
    func channelReadComplete(context: ChannelHandlerContext) {
        if isReading, timer == nil {
            timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in
                guard isReading else { return }
                isReading = false
                context.fireErrorCaught(Passed())
            }
        }
        context.fireChannelReadComplete()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    private func stop() {
        isReading = false
        timer?.cancel()
        timer = nil
    }
}
