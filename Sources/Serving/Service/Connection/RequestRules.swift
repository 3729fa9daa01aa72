import HTTPTypes
import NIOCore
import NIOHTTP1

/// Lets through only requests that RFC 9110 and RFC 9112 allow, in the form that the routes expect; puts a `Refusal` in the place of
/// others, which are the last of their connections.
final class RequestRules: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private var isReadingBody = false
    /// After a fault nothing can be told apart any more. What still comes is passed on as a body that nobody reads, so that
    /// `ConnectionEnd` counts it.
    private var isOver = false

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(var head) where !isOver:
            let isOrdinary = head.isOrdinary
            if let refusal = head.applyRules(localAddress: context.localAddress) {
                refuse(refusal, context)
            } else {
                isReadingBody = true
                context.fireChannelRead(isOrdinary ? data : wrapInboundOut(.head(head)))
            }
        case .end where !isOver:
            isReadingBody = false
            context.fireChannelRead(data)
        case .body: context.fireChannelRead(data)
        case .head, .end: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case ByteToMessageDecoderError.dataReceivedInErrorState(_, let bytes):
            context.fireChannelRead(wrapInboundOut(.body(bytes)))
        case is HTTPParserError where isOver: break
        case HTTPParserError.closedConnection: isOver = true
        case let error as HTTPParserError where !isReadingBody && context.channel.isActive:
            refuse(Refusal(error), context)
        case is HTTPParserError:
            isOver = true
            context.fireErrorCaught(error)
        default: context.fireErrorCaught(error)
        }
    }

    private func refuse(_ refusal: Refusal, _ context: ChannelHandlerContext) {
        isOver = true
        context.fireChannelRead(wrapInboundOut(.head(refusal.head)))
        context.fireChannelRead(wrapInboundOut(.end(nil)))
        context.fireChannelReadComplete()
    }
}

// MARK: Rules of a head

extension HTTPRequestHead {
    /// Bytes of a target.
    private static let longestTarget = 16_384

    /// Whether rules leave it as it came.
    fileprivate var isOrdinary: Bool { version.minor > 0 && uri.utf8.first == UInt8(ascii: "/") }

    /// - Returns: what forbids the request; nil where nothing does, and then it is in origin form, with one host.
    mutating func applyRules(localAddress: SocketAddress?) -> Refusal? {
        targetFault() ?? codingFault() ?? hostFault(localAddress) ?? expectationFault()
    }

    /// RFC 9112, section 3.
    private func targetFault() -> Refusal? {
        if uri.utf8.count > Self.longestTarget {
            return Refusal(.uriTooLong, "the target is longer than \(Self.longestTarget) bytes")
        }
        if uri.utf8.contains(UInt8(ascii: "#")) { return Refusal(.badRequest, "a target has no fragment") }
        if uri == "*", method != .OPTIONS { return Refusal(.badRequest, "only OPTIONS has the target *") }
        return nil
    }

    /// RFC 9112, section 6.1: the length of a body in a coding that is not known cannot be told.
    private func codingFault() -> Refusal? {
        let codings = headers[canonicalForm: "transfer-encoding"].map { $0.lowercased() }
        if codings.isEmpty { return nil }
        if version.minor == 0 { return Refusal(.badRequest, "HTTP/1.0 has no Transfer-Encoding") }
        if headers.contains(name: "content-length") {
            return Refusal(.badRequest, "Transfer-Encoding and Content-Length exclude each other")
        }
        if let unknown = codings.first(where: { $0 != "chunked" }) {
            return Refusal(.notImplemented, "the transfer coding \"\(unknown.prefix(40))\" is not known; chunked is")
        }
        return codings.count == 1 ? nil : Refusal(.badRequest, "a body is chunked once")
    }

    /// RFC 9112, sections 3.2 and 3.3: the host is that of an absolute target, or else of the one field.
    private mutating func hostFault(_ localAddress: SocketAddress?) -> Refusal? {
        let isOrdinary = isOrdinary
        var hosts = headers["host"]
        guard hosts.count < 2 else { return Refusal(.badRequest, "there is more than one field Host") }
        if let (host, target) = absoluteTarget {
            hosts = [host]
            uri = target
        } else if uri.first != "/", uri != "*", method != .CONNECT {
            return Refusal(.badRequest, "the target is neither a path nor an http address")
        }
        if hosts.isEmpty, version.minor == 0 { hosts = [localAddress.map(Self.host) ?? "localhost"] }
        guard let host = hosts.first else { return Refusal(.badRequest, "HTTP/1.1 needs the field Host") }
        guard Self.isHost(host) else {
            return Refusal(.badRequest, "the field Host is not a host with an optional port")
        }
        if !isOrdinary { headers.replaceOrAdd(name: "Host", value: host) }
        return nil
    }

    private var absoluteTarget: (host: String, target: String)? {
        guard let scheme = ["http://", "https://"].first(where: uri.lowercased().hasPrefix) else { return nil }
        let rest = uri.dropFirst(scheme.count)
        let host = rest.prefix { $0 != "/" && $0 != "?" }
        let target = rest.dropFirst(host.count)
        return (String(host), target.first == "/" ? String(target) : "/\(target)")
    }

    /// As in an address; RFC 3986, section 3.2.2, without a user.
    private static func isHost(_ value: String) -> Bool {
        let bytes = value.utf8
        let isLiteral = bytes.first == UInt8(ascii: "[")
        let name =
            isLiteral
            ? bytes.prefix { $0 != UInt8(ascii: "]") }.dropFirst() : bytes.prefix { $0 != UInt8(ascii: ":") }
        let port = bytes.dropFirst(name.count + (isLiteral ? 2 : 0))
        let others = isLiteral ? othersOfLiterals : othersOfNames
        return !name.isEmpty && name.allSatisfy { $0.isAlphanumeric || others.contains($0) }
            && (!isLiteral || bytes.contains(UInt8(ascii: "]")))
            && (port.isEmpty || port.first == UInt8(ascii: ":") && port.dropFirst().allSatisfy(\.isDigit))
    }

    private static let othersOfNames = Array("-._~%!$&'()*+,;=".utf8)
    private static let othersOfLiterals = Array(":.".utf8)

    private static func host(_ address: SocketAddress) -> String {
        let ip = address.ipAddress ?? "localhost"
        return "\(ip.contains(":") ? "[\(ip)]" : ip):\(address.port ?? 80)"
    }

    /// RFC 9110, section 10.1.1. HTTP/1.0 has no expectations, and answers to it are sent as they are.
    private mutating func expectationFault() -> Refusal? {
        if version.minor == 0 {
            headers.remove(name: "expect")
            headers.remove(name: "accept-encoding")
        }
        let unknown = headers[canonicalForm: "expect"].first { $0.lowercased() != "100-continue" }
        return unknown.map { Refusal(.expectationFailed, "the expectation \"\($0.prefix(40))\" cannot be met") }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= self }

    fileprivate var isAlphanumeric: Bool { isDigit || UInt8(ascii: "a")...UInt8(ascii: "z") ~= self | 0x20 }
}
