import Foundation
import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import Synchronization

/// A tiny HTTP server on the loopback address that answers as a closure says, and keeps what it was asked.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        let method: HTTPMethod
        /// With the query.
        let path: String
        let headers: HTTPHeaders
        /// After decompression.
        let body: String

        /// The ids of the operations of a bulk.
        var ids: [String] { body.matches(of: /"_id":"([^"]*)"/).map { String($0.1) } }
        var isBulk: Bool { path.hasPrefix("/_bulk") }
    }

    enum Reply: Sendable {
        case answer(Int, String, headers: [String: String] = [:])
        /// The connection breaks.
        case breaks
        /// Nothing comes.
        case silence
    }

    static let elasticsearch8 =
        #"{"cluster_name":"c","version":{"number":"8.17.0","build_flavor":"default"},"tagline":"You Know, for Search"}"#

    private let channel: any Channel
    private let log: Log
    var url: String { "http://127.0.0.1:\(channel.localAddress?.port ?? 0)" }
    var requests: [Request] { log.requests.withLock { $0 } }
    var bulks: [Request] { requests.filter(\.isBulk) }

    private final class Log: Sendable {
        let requests = Mutex<[Request]>([])
    }

    /// - Parameters:
    ///   - info: the body of the answer to `GET /`.
    ///   - reply: says what else is answered; `number` counts requests other than `GET /` from 1.
    init(
        info: String = elasticsearch8, _ reply: @escaping @Sendable (_ request: Request, _ number: Int) -> Reply
    ) async throws {
        let log = Log()
        self.log = log
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOHTTPRequestDecompressor(limit: .none),
                        Responder { request in
                            if request.path == "/" { return .answer(200, info) }
                            let number = log.requests.withLock { requests in
                                requests.append(request)
                                return requests.count
                            }
                            return reply(request, number)
                        },
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    func stop() async throws { try await channel.close() }

    private final class Responder: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let reply: @Sendable (Request) -> Reply
        private var head: HTTPRequestHead?
        private var body = ""

        init(_ reply: @escaping @Sendable (Request) -> Reply) { self.reply = reply }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = ""
            case .body(let part): body += String(buffer: part)
            case .end:
                guard let head else { return }
                answer(
                    reply(Request(method: head.method, path: head.uri, headers: head.headers, body: body)), context)
            }
        }

        private func answer(_ reply: Reply, _ context: ChannelHandlerContext) {
            switch reply {
            case .silence: break
            case .breaks: context.close(promise: nil)
            case .answer(let status, let text, let extra):
                var headers = HTTPHeaders(extra.map { ($0.key, $0.value) })
                headers.add(name: "Content-Length", value: "\(text.utf8.count)")
                let head = HTTPResponseHead(
                    version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers)
                context.write(wrapOutboundOut(.head(head)), promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}

extension ScriptedServer.Reply {
    /// A bulk of index operations with these statuses.
    static func items(_ statuses: [Int], type: String = "some_exception", action: String = "index") -> Self {
        let items = statuses.map { status in
            let error = status < 300 ? "" : #","error":{"type":"\#(type)","reason":"because"}"#
            return #"{"\#(action)":{"status":\#(status)\#(error)}}"#
        }
        return .answer(
            200, #"{"took":1,"errors":\#(statuses.contains { $0 >= 300 }),"items":[\#(items.joined(separator: ","))]}"#)
    }

    /// All done.
    static func done(_ request: ScriptedServer.Request) -> Self { items(request.ids.map { _ in 201 }) }
}
