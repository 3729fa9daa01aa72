import Foundation
import NIOCore
import NIOPosix

/// A tiny HTTP server on the loopback address: serves bytes by path, honors `Range`, and can truncate a body.
final class LoopbackServer: Sendable {
    struct File: Sendable {
        var bytes: [UInt8]
        /// Closes the connection after this many bytes of the body.
        var cutAfter: Int?
        /// Where the client is sent instead.
        var location: String?
        /// The length that the head says.
        var length: Int?
    }

    private let channel: any Channel
    var address: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }

    init(_ files: [String: File]) async throws {
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Responder(files))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func stop() async throws { try await channel.close() }

    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let files: [String: File]
        private var request = ""

        init(_ files: [String: File]) { self.files = files }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            request += String(buffer: unwrapInboundIn(data))
            guard request.contains("\r\n\r\n") else { return }
            let response = response()
            request = ""
            let channel = context.channel
            channel.writeAndFlush(ByteBuffer(bytes: response)).whenComplete { _ in channel.close(promise: nil) }
        }

        private func response() -> [UInt8] {
            let lines = request.components(separatedBy: "\r\n")
            let path = lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? ""
            guard let file = files[path] else {
                return Array("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8)
            }
            if let location = file.location {
                return Array(
                    "HTTP/1.1 302 Found\r\nLocation: \(location)\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".utf8
                )
            }
            let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
            let start = range.flatMap { Int($0.dropFirst("range: bytes=".count).dropLast()) } ?? 0
            let body = file.bytes.dropFirst(start)
            let status = start > 0 ? "206 Partial Content" : "200 OK"
            let head = "HTTP/1.1 \(status)\r\nContent-Length: \(file.length ?? body.count)\r\nConnection: close\r\n\r\n"
            return Array(head.utf8) + body.prefix(file.cutAfter.map { max(0, $0 - start) } ?? body.count)
        }
    }
}
