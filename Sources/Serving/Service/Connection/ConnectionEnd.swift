import NIOCore
import NIOHTTP1

/// Ends connections as RFC 9112, sections 9.3 and 9.6, asks: says so in the last answer, takes no request behind it, closes its own side
/// first, and the whole after a while in which the other side can still read.
///
/// The last answer is that to a request which asks for it, to HTTP/1.0, and to one with so large a rest of its body unread that
/// another connection costs less.
final class ConnectionEnd: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// The largest rest of a body that is read to keep a connection, in bytes.
    private static let worthReading = 65_536
    /// How much, and for how long, is read and dropped so that the last answer is not lost to a reset.
    private static let dropLimit = 8 << 20
    private static let patience = TimeAmount.seconds(2)

    /// A request that is not answered to the end.
    private struct Exchange {
        let isHead: Bool
        let isOld: Bool
        var isLast: Bool
        var awaitsContinue: Bool
        /// Bytes of the body that have not come; the largest number where nobody knows.
        var missing: Int
        var isComplete = false
        var hasLength = true

        init(_ head: HTTPRequestHead) {
            isHead = head.method == .HEAD
            isOld = head.version.minor == 0
            isLast = isOld || !head.isKeepAlive
            awaitsContinue = head.headers.contains(name: "expect")
            let isChunked = head.headers.contains(name: "transfer-encoding")
            missing = isChunked ? .max : head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        }

        /// Whether what is still to come is better not waited for.
        var leavesMuch: Bool { !isComplete && (awaitsContinue || missing > ConnectionEnd.worthReading) }
    }

    /// In the order in which they came.
    private var exchanges = CircularBuffer<Exchange>()
    /// Nothing that comes in is read any more.
    private var drops = false
    private var dropped = 0
    /// The last answer is written.
    private var isEnded = false
    private var isInputClosed = false
    private var timer: Scheduled<Void>?

    // MARK: Requests

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        if let last = exchanges.last, last.isLast, last.isComplete { drops = true }
        guard !drops else { return drop(part, context) }
        switch part {
        case .head(let head): exchanges.append(Exchange(head))
        case .body(let bytes): changeLast { $0.missing -= $0.missing == .max ? 0 : bytes.readableBytes }
        case .end: changeLast { $0.isComplete = true }
        }
        context.fireChannelRead(data)
    }

    /// There is none where the rest of a body comes in behind its answer.
    private func changeLast(_ change: (inout Exchange) -> Void) {
        guard !exchanges.isEmpty else { return }
        change(&exchanges[exchanges.index(before: exchanges.endIndex)])
    }

    private func drop(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        guard case .body(let bytes) = part else { return }
        dropped += bytes.readableBytes
        if isEnded, dropped > Self.dropLimit { context.close(promise: nil) }
    }

    func read(context: ChannelHandlerContext) {
        if dropped <= Self.dropLimit { context.read() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        if isEnded { read(context: context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if !drops { context.fireErrorCaught(error) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            isInputClosed = true
            if isEnded { context.close(promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    // MARK: Answers

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        if event is ContinueHandler.BodyIsWanted, !exchanges.isEmpty {
            exchanges[exchanges.startIndex].awaitsContinue = false
        }
        context.triggerUserOutboundEvent(event, promise: promise)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // What answers no request, or one behind the last, goes nowhere.
        guard !isEnded, let exchange = exchanges.first else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        switch unwrapOutboundIn(data) {
        case .head(let head):
            let answer = begin(head)
            context.write(answer.map { wrapOutboundOut(.head($0)) } ?? data, promise: promise)
        case .body where exchange.isHead: promise?.succeed()
        case .body: context.write(data, promise: promise)
        case .end:
            exchanges.removeFirst()
            // The encoder would end chunks that an answer to HEAD does not have.
            if exchange.isHead, !exchange.hasLength {
                promise?.succeed()
            } else {
                context.write(data, promise: promise)
            }
            if exchange.isLast { end(context) }
        }
    }

    /// - Returns: nil for a head that is right as it is.
    private func begin(_ head: HTTPResponseHead) -> HTTPResponseHead? {
        var (head, exchange) = (head, exchanges[exchanges.startIndex])
        if exchange.leavesMuch {
            exchange.isLast = true
            drops = true
        }
        if !head.isKeepAlive { exchange.isLast = true }
        if exchange.isOld { head.version = .http1_0 }
        if exchange.isLast { head.headers.replaceOrAdd(name: "Connection", value: "close") }
        // Hummingbird writes it for HEAD where GET has a body of unknown length.
        if exchange.isHead {
            if head.headers.first(name: "content-length") == "0" { head.headers.remove(name: "content-length") }
            exchange.hasLength = head.headers.contains(name: "content-length")
        }
        exchanges[exchanges.startIndex] = exchange
        return exchange.isLast || exchange.isHead ? head : nil
    }

    // MARK: The end

    private func end(_ context: ChannelHandlerContext, _ promise: EventLoopPromise<Void>? = nil) {
        stop()
        whenWritten(context) { [self] in
            if isInputClosed { return context.close(promise: promise) }
            context.close(mode: .output, promise: promise)
            close(context, in: Self.patience)
            read(context: context)
        }
    }

    /// The system drops what is not written yet where the other side has closed its own, or both are to be closed.
    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        switch mode {
        case .input: context.close(mode: mode, promise: promise)
        case .output: if isEnded { promise?.succeed() } else { end(context, promise) }
        case .all:
            stop()
            whenWritten(context) { context.close(promise: promise) }
            close(context, in: Self.patience)
        }
    }

    private func stop() {
        isEnded = true
        drops = true
    }

    /// The first time counts: who asks again and again must not put the end off.
    private func close(_ context: ChannelHandlerContext, in time: TimeAmount) {
        guard timer == nil else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: time) { context.close(promise: nil) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    private func whenWritten(_ context: ChannelHandlerContext, _ body: @escaping () -> Void) {
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { _ in body() }
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer()))), promise: promise)
    }
}
