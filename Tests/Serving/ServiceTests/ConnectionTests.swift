import Foundation
import NIOCore
import NIOEmbedded
import NIOHTTP1
import Service
import Testing

/// A connection without a socket: bytes in, requests as the routes see them, their answers, bytes out.
private final class Connection {
    let channel = EmbeddedChannel()

    init(seconds: Int64 = 30) throws {
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandlers([HTTPResponseEncoder(), ByteToMessageHandler(HTTPRequestDecoder())])
        try pipeline.addHandlers(ServiceChannel.handlers(.seconds(seconds)))
        try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    deinit { _ = try? channel.finish(acceptAlreadyClosed: true) }

    func send(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }

    /// The next head that reaches the routes, past bodies and ends.
    func head() throws -> HTTPRequestHead? {
        while let part = try channel.readInbound(as: HTTPServerRequestPart.self) {
            if case .head(let head) = part { return head }
        }
        return nil
    }

    func answer(_ status: HTTPResponseStatus = .ok, _ fields: HTTPHeaders = [:], body: String? = "body") throws {
        var fields = fields
        if let body { fields.add(name: "Content-Length", value: "\(body.utf8.count)") }
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: fields)
        _ = try? channel.writeOutbound(HTTPServerResponsePart.head(head))
        _ = try? channel.writeOutbound(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: body ?? "piece"))))
        _ = try? channel.writeOutbound(HTTPServerResponsePart.end(nil))
    }

    /// All that has gone out since the last look.
    func bytes() throws -> String {
        var all = ""
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { all += String(buffer: bytes) }
        return all
    }

    /// Asks, answers, and tells what came back.
    func exchange(_ text: String) throws -> String {
        try send(text)
        _ = try head()
        try answer()
        return try bytes()
    }
}

struct ConnectionTests {
    private static let host = "Host: localhost\r\n"

    @Test(
        "15.9: what RFC 9112 forbids is refused",
        arguments: [
            ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/1.1\r\n\(host)\(host)\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: a@localhost\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: localhost/a\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400), ("GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\nHost: localhost:1a\r\n\r\n", 400),
            ("GET /#a HTTP/1.1\r\n\(host)\r\n", 400), ("GET * HTTP/1.1\r\n\(host)\r\n", 400),
            ("GET ftp://localhost/ HTTP/1.1\r\n\(host)\r\n", 400),
            ("GET http://a@localhost/ HTTP/1.1\r\n\(host)\r\n", 400),
            ("GET /\(String(repeating: "a", count: 20_000)) HTTP/1.1\r\n\(host)\r\n", 414),
            ("GET / HTTP/1.1\r\n\(host)A: \(String(repeating: "a", count: 100_000))\r\n\r\n", 431),
            ("GET / HTTP/2.0\r\n\(host)\r\n", 505), ("GET / HTTP/3.1\r\n\(host)\r\n", 505),
            ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: gzip, chunked\r\n\r\n", 501),
            ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked, chunked\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: xchunked\r\n\r\n", 501),
            ("POST / HTTP/1.0\r\n\(host)Transfer-Encoding: chunked\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\n\(host)Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\n\(host)Expect: a miracle\r\n\r\n", 417), ("\0\0\r\n\r\n", 400),
        ])
    func refused(_ text: String, _ status: Int) throws {
        let connection = try Connection()
        try connection.send(text + "0\r\n\r\nGET /behind HTTP/1.1\r\n\(Self.host)\r\n")
        // It travels in the place of the request, and its answer is the last.
        let head = try #require(try connection.head())
        #expect(head.uri.hasPrefix("!\(status) "), "\(head.uri)")
        #expect(try connection.head() == nil)
        try connection.answer(.init(statusCode: status))
        #expect(try connection.bytes().contains("Connection: close"))
        #expect(!connection.channel.isActive)
    }

    @Test(
        "15.9: what RFC 9112 allows reaches the routes in origin form",
        arguments: [
            ("GET / HTTP/1.1\r\n\(host)\r\n", "/", "localhost"),
            ("GET /a?b=c HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "/a?b=c", "[::1]:80"),
            ("GET http://other.example:8080/a?b HTTP/1.1\r\n\(host)\r\n", "/a?b", "other.example:8080"),
            ("GET HTTP://other.example?b HTTP/1.1\r\n\(host)\r\n", "/?b", "other.example"),
            ("OPTIONS * HTTP/1.1\r\n\(host)\r\n", "*", "localhost"), ("GET / HTTP/1.0\r\n\r\n", "/", "localhost"),
            ("\r\n\r\nGET / HTTP/1.1\r\n\(host)\r\n", "/", "localhost"),
        ])
    func allowed(_ text: String, _ target: String, _ host: String) throws {
        let connection = try Connection()
        try connection.send(text)
        let head = try #require(try connection.head())
        #expect(head.uri == target && head.headers["Host"] == [host])
    }

    @Test(
        "15.9: the connection ends where the request says so, in any case and in lists",
        arguments: [("close", true), ("Close", true), ("foo, CLOSE", true), ("keep-alive", false), ("foo", false)])
    func closing(_ field: String, _ closes: Bool) throws {
        let connection = try Connection()
        let answer = try connection.exchange("GET / HTTP/1.1\r\n\(Self.host)Connection: \(field)\r\n\r\n")
        #expect(answer.contains("Connection: close") == closes && connection.channel.isActive != closes)
    }

    @Test("15.9: HTTP/1.0 gets no chunks, no compression, and the end of the connection")
    func oldVersion() throws {
        let connection = try Connection()
        try connection.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\nAccept-Encoding: gzip\r\n\r\n")
        try connection.answer(.ok, ["Content-Type": "text/plain"], body: nil)
        let bytes = try connection.bytes()
        #expect(bytes.hasPrefix("HTTP/1.0 200") && bytes.hasSuffix("\r\n\r\npiece") && !bytes.contains("chunked"))
        #expect(!connection.channel.isActive)
    }

    @Test("15.9: answers to pipelined requests come in order, those behind the last not at all")
    func pipeline() throws {
        let connection = try Connection()
        let get = "GET / HTTP/1.1\r\n\(Self.host)"
        try connection.send("\(get)\r\n\(get)Connection: close\r\n\r\n\(get)\r\n")
        for status in [HTTPResponseStatus.ok, .notFound, .conflict] { try connection.answer(status) }
        let bytes = try connection.bytes()
        let statuses = bytes.split(separator: "\r\n").filter { $0.contains("HTTP/1.1") }
        #expect(statuses.count == 2 && statuses[0].hasPrefix("HTTP/1.1 200") && statuses[1].hasSuffix("404 Not Found"))
    }

    @Test("15.9: an answer to HEAD has no body, and no length that nobody knows", arguments: [nil, "", "body"])
    func headAnswers(_ body: String?) throws {
        let connection = try Connection()
        try connection.send("HEAD / HTTP/1.1\r\n\(Self.host)\r\n")
        try connection.answer(.ok, body: body)
        let bytes = try connection.bytes()
        #expect(bytes.hasSuffix("\r\n\r\n") && !bytes.contains("\r\n\r\n0"), "\(bytes)")
        #expect(bytes.contains("Content-Length: 4") == (body == "body"))
        #expect(try connection.exchange("GET / HTTP/1.1\r\n\(Self.host)\r\n").hasSuffix("body"))
    }

    @Test("15.8: a large rest of a body ends the connection, a small one does not")
    func restOfABody() throws {
        func post(_ length: String) -> String { "POST / HTTP/1.1\r\n\(Self.host)\(length)\r\n\r\n" }
        for length in [
            "Content-Length: 100000", "Transfer-Encoding: chunked", "Content-Length: 5\r\nExpect: 100-continue",
        ] {
            let connection = try Connection()
            #expect(try connection.exchange(post(length)).contains("Connection: close"))
            #expect(!connection.channel.isActive)
        }
        let connection = try Connection()
        #expect(try !connection.exchange(post("Content-Length: 5")).contains("close"))
        #expect(try connection.exchange("12345GET / HTTP/1.1\r\n\(Self.host)\r\n").hasSuffix("body"))
    }

    @Test("15.9: a broken body is an error of reading it, and the last of the connection")
    func brokenBody() throws {
        let connection = try Connection()
        #expect(throws: HTTPParserError.self) {
            try connection.send("POST / HTTP/1.1\r\n\(Self.host)Transfer-Encoding: chunked\r\n\r\nzz\r\n")
        }
        try connection.answer(.badRequest)
        try connection.answer(.badRequest)
        let bytes = try connection.bytes()
        #expect(bytes.split(separator: "HTTP/1.1 400").count == 1 && bytes.contains("Connection: close"))
    }

    @Test("15.8: a body that trickles in is read for a while only")
    func slowBody() throws {
        let connection = try Connection(seconds: 3)
        try connection.send("POST / HTTP/1.1\r\n\(Self.host)Content-Length: 1000\r\n\r\n")
        try connection.channel.throwIfErrorCaught()
        for _ in 0..<2 {
            connection.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
            try connection.send("1")
        }
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(1))
        #expect(throws: (any Error).self) { try connection.channel.throwIfErrorCaught() }
    }

    @Test("15.8: a body that is there in time has no deadline behind it")
    func quickBody() throws {
        let connection = try Connection(seconds: 3)
        try connection.send("POST / HTTP/1.1\r\n\(Self.host)Content-Length: 2\r\n\r\n1")
        try connection.send("2")
        connection.channel.embeddedEventLoop.advanceTime(by: .seconds(9))
        try connection.channel.throwIfErrorCaught()
        #expect(connection.channel.isActive)
    }
}
