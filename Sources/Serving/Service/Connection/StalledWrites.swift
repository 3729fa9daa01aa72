import NIOCore

/// Closes a connection whose other end reads nothing of what is written for a while.
///
/// As long as the channel is writable, whoever answers is not held up, and the idle timeout counts from the end of the answer.
final class StalledWrites: ChannelOutboundHandler {
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let limit: TimeAmount
    private var written = 0
    private var timer: Scheduled<Void>?

    init(_ limit: TimeAmount) { self.limit = limit }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        written &+= unwrapOutboundIn(data).readableBytes
        context.write(data, promise: promise)
    }

    func flush(context: ChannelHandlerContext) {
        context.flush()
        if timer == nil, !context.channel.isWritable { watch(context) }
    }

    /// Where something waits to be read, looks again later. Nothing was read where as much waits then and nothing was added.
    private func watch(_ context: ChannelHandlerContext) {
        let (before, waiting) = (written, Self.waiting(context))
        timer = nil
        guard waiting > 0 else { return }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: limit) { [self] in
            if written == before, Self.waiting(context) == waiting {
                context.close(promise: nil)
            } else {
                watch(context)
            }
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) { timer?.cancel() }

    /// Bytes that the system has not taken.
    private static func waiting(_ context: ChannelHandlerContext) -> Int {
        guard context.channel.isActive else { return 0 }
        return (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }
}
