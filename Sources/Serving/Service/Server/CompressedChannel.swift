import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// HTTP/1.1 with answers compressed for those who take them so.
struct CompressedChannel: ServerChildChannel, HTTPChannelHandler {
    typealias Value = HTTP1Channel.Value

    let base: HTTP1Channel
    let responder: Responder

    /// Bytes below which compressing costs more than it spares.
    private static let smallest = 1_024
    private static let types = [
        "application/json", "application/xml", "application/problem+json", "text/", "image/svg",
    ]

    init(responder: @escaping Responder, idleTimeout: TimeAmount) {
        self.responder = responder
        base = HTTP1Channel(responder: responder, configuration: .init(idleTimeout: idleTimeout))
    }

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
            let compressor = HTTPResponseCompressor(responseCompressionPredicate: Self.intent)
            try pipeline.addHandlers([CompressorGuard(compressor), compressor], position: .before(codec))
            return value
        }
    }

    func handle(value: Value, logger: Logger) async { await base.handle(value: value, logger: logger) }

    private static func intent(
        _ head: inout HTTPResponseHead, isPossible: Bool
    ) -> HTTPResponseCompressor.CompressionIntent {
        let type = head.headers.first(name: "content-type") ?? ""
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? .max
        guard types.contains(where: type.hasPrefix), type != "text/event-stream", length >= smallest else {
            return .doNotCompress
        }
        head.headers.add(name: "vary", value: "Accept-Encoding")
        // That of what is not compressed; a body that comes in pieces would keep it.
        if isPossible { head.headers.remove(name: "content-length") }
        return .compressIfPossible
    }
}
