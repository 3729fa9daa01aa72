import FileOutput
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A whole answer in memory.
struct Answer: Sendable {
    let bytes: ByteBuffer
    var headers: HTTPFields

    init(_ bytes: ByteBuffer, type: String, headers: HTTPFields = [:]) {
        self.bytes = bytes
        self.headers = headers
        self.headers[.contentType] = type
    }

    /// JSON with field names that do not change: spelled with underscores, in the order of the alphabet.
    static func json(_ value: some Encodable, headers: HTTPFields = [:]) throws -> Answer {
        Answer(ByteBuffer(bytes: try encoder.encode(value)), type: "application/json", headers: headers)
    }

    static func csv(_ table: DataTable) -> Answer {
        Answer(ByteBuffer(string: table.csv()), type: "text/csv; charset=utf-8")
    }

    static let encoder: JSONEncoder = {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }()
}

extension Answer: ResponseGenerator {
    /// As something that may be another the next time; `Versioned` answers what may be kept.
    func response(from request: Request, context: some RequestContext) -> Response { response() }

    func response(status: HTTPResponse.Status = .ok) -> Response {
        var headers = headers
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }
}
