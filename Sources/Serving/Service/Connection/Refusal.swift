import HTTPTypes
import NIOHTTP1

/// Why a request is none that HTTP allows, on its way to the routes: there its answer comes in its turn, has the form of all
/// problems, and is logged and counted.
///
/// It travels as the head of a request with a path that no client can send, for those begin with a slash.
struct Refusal: Equatable {
    let status: HTTPResponse.Status
    let detail: String

    private static let statuses: [HTTPResponse.Status] = [
        .badRequest, .uriTooLong, .expectationFailed, .requestHeaderFieldsTooLarge, .notImplemented,
        .httpVersionNotSupported,
    ]
    private static let mark: Character = "!"

    init(_ status: HTTPResponse.Status, _ detail: String) {
        self.status = status
        self.detail = detail
    }

    /// - Parameter path: that of a request; nil comes of a real one.
    init?(path: String?) {
        guard let path, path.first == Self.mark else { return nil }
        let parts = path.dropFirst().split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let status = Self.statuses.first(where: { "\($0.code)" == parts[0] }) else {
            return nil
        }
        self.init(status, String(parts[1]))
    }

    var head: HTTPRequestHead {
        HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "\(Self.mark)\(status.code) \(detail)",
            headers: ["Connection": "close"])
    }
}

extension Refusal {
    /// Of a head that cannot be read.
    init(_ error: HTTPParserError) {
        self =
            switch error {
            case .invalidVersion, .paused: Refusal(.httpVersionNotSupported, "this service speaks HTTP/1.1")
            case .headerOverflow:
                Refusal(.requestHeaderFieldsTooLarge, "the request line or the header fields are too long")
            default: Refusal(.badRequest, "this is not an HTTP/1.1 request (\(error))")
            }
    }
}
