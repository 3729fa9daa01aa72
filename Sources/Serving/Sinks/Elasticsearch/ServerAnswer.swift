import FileOutput
import Foundation
import NIOHTTP1

/// What a server answers to one request.
struct ServerAnswer {
    let request: String
    let status: Int
    let body: Data
    /// How long the server wants to be left alone: at most an hour.
    let retryAfter: Duration?

    init(request: String, head: HTTPHeaders, status: Int, body: Data) {
        self.request = request
        self.status = status
        self.body = body
        retryAfter = head.first(name: "Retry-After").flatMap { Int($0) }.map { .seconds(max(0, min($0, 3600))) }
    }

    /// Whether the same may go well later.
    var isBusy: Bool { status == 429 || status >= 500 }

    /// Whether the index that was to be made is there.
    var isAlreadyThere: Bool { status == 400 && problem?.type == "resource_already_exists_exception" }

    /// The answer as an error.
    var error: ElasticsearchError {
        let reason = problem?.reason ?? String(decoding: body.prefix(200), as: UTF8.self)
        switch status {
        case 401, 403: return .denied(request: request, status: status, reason: reason)
        case 404 where problem?.index != nil: return .missing(name: problem?.index ?? "")
        case _ where isBusy: return .unreachable(request: request, problem: "the server answers \(status) (\(reason))")
        default: return .refused(request: request, status: status, reason: reason)
        }
    }

    private struct Failure: Decodable { let error: ServerProblem }

    private var problem: ServerProblem? { try? ForeignJSON.decode(Failure.self, from: body).error }
}

/// What Elasticsearch says about a request or an item that it did not do: an object, or in old calls a text.
package struct ServerProblem: Decodable, Equatable, Sendable {
    package let type: String
    package let reason: String
    /// The index that it is about.
    package let index: String?

    private enum Keys: CodingKey { case type, reason, index, caused_by }
    private struct Cause: Decodable { let reason: String? }

    package init(from decoder: any Decoder) throws {
        guard let fields = try? decoder.container(keyedBy: Keys.self) else {
            (type, index) = ("", nil)
            reason = try decoder.singleValueContainer().decode(String.self)
            return
        }
        type = (try? fields.decode(String.self, forKey: .type)) ?? ""
        index = try? fields.decode(String.self, forKey: .index)
        let cause = (try? fields.decode(Cause.self, forKey: .caused_by))?.reason
        reason = ((try? fields.decode(String.self, forKey: .reason)) ?? type) + (cause.map { ": \($0)" } ?? "")
    }
}
