import NIOCore
import NIOHTTP1

/// Keeps from the compressor what it does not bear: it compresses the body that the answer to HEAD does not have, and prefers
/// deflate, of which there are two kinds, to gzip.
///
/// It also takes the wish for compression of each answer from the request before, and stops the program where there is none.
/// `RequestRules` answers what is no HTTP as a request, and `ConnectionEnd` lets no answer through that has none.
final class CompressorGuard: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(var head) = unwrapInboundIn(data), head.headers.contains(name: "accept-encoding") else {
            return context.fireChannelRead(data)
        }
        let takesGzip = head.method != .HEAD && Self.takesGzip(head.headers[canonicalForm: "accept-encoding"])
        head.headers.remove(name: "accept-encoding")
        if takesGzip { head.headers.add(name: "accept-encoding", value: "gzip") }
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Whether gzip is named, and not with the weight of 0 that refuses it.
    private static func takesGzip(_ encodings: [Substring]) -> Bool {
        encodings.contains { encoding in
            let parts = encoding.split(separator: ";").map { $0.filter { $0 != " " }.lowercased() }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            return parts.first == "gzip" && weight > 0
        }
    }
}
