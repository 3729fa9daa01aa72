import Hummingbird
package import HummingbirdCore
package import Logging
package import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOHTTPTypes
import NIOHTTPTypesHTTP1

/// Connections with HTTP/1.1: rules and limits in front of Hummingbird's, and answers compressed for those who take them so.
package struct ServiceChannel: ServerChildChannel, HTTPChannelHandler {
    package typealias Value = HTTP1Channel.Value

    let base: HTTP1Channel
    package let responder: Responder
    private let timeLimit: TimeAmount

    /// Bytes below which compressing costs more than it spares.
    private static let smallest = 1_024
    private static let types = [
        "application/json", "application/xml", "application/problem+json", "text/", "image/svg",
    ]

    /// - Parameter timeLimit: after which a connection is closed where nothing comes, a request is not there, or nobody reads the
    ///   answer.
    init(responder: @escaping Responder, timeLimit: TimeAmount) {
        self.responder = responder
        self.timeLimit = timeLimit
        base = HTTP1Channel(responder: responder, configuration: .init(idleTimeout: timeLimit))
    }

    package func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        base.setup(channel: channel, logger: logger).flatMapThrowing { value in
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(StalledWrites(timeLimit), position: .first)
            let codec = try pipeline.handler(type: HTTP1ToHTTPServerCodec.self)
            try pipeline.addHandlers(Self.handlers(timeLimit), position: .before(codec))
            try pipeline.addHandler(ConnectionWatch(Connection(channel)), position: .before(codec))
            // A connection that comes while the service stops is handled by nobody, and its writer stops the program where it goes
            // before the channel has closed.
            channel.closeFuture.whenComplete { _ in withExtendedLifetime(value) {} }
            return value
        }
    }

    /// From the network to the routes.
    package static func handlers(_ timeLimit: TimeAmount) -> [any ChannelHandler] {
        [
            RequestRules(), RequestDeadline(timeLimit), ContinueHandler(), CompressorGuard(),
            HTTPResponseCompressor(responseCompressionPredicate: intent), ConnectionEnd(),
        ]
    }

    package func handle(value: Value, logger: Logger) async {
        let channel = value.channel
        let connection = try? await channel.eventLoop.submit {
            try channel.pipeline.syncOperations.handler(type: ConnectionWatch.self).connection
        }.get()
        // One that has closed already has no handlers any more.
        await Connection.$current.withValue(connection ?? .closed(channel)) {
            await base.handle(value: value, logger: logger)
        }
    }

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
