import Foundation
import HTTPTypes
import Hummingbird
import Live
import NIOCore

/// Why a request is not answered as it was asked: the problem details of RFC 9457.
struct Problem: Error {
    /// What is wrong at one place of the body.
    struct Field: Encodable {
        /// A JSON pointer.
        let pointer: String
        let detail: String
    }

    /// How many places are told at most.
    static let mostFields = 100

    let status: HTTPResponse.Status
    let detail: String
    var errors: [Field]?
    var headers = HTTPFields()

    init(_ status: HTTPResponse.Status, _ detail: String, errors: [Field]? = nil) {
        self.status = status
        self.detail = detail
        self.errors = errors
    }

    static func badRequest(_ detail: String) -> Problem { Problem(.badRequest, detail) }

    static func notFound(_ detail: String) -> Problem { Problem(.notFound, detail) }

    /// Nothing is computed yet; it soon will be, or the trouble says what is in the way.
    static func noSnapshot(_ trouble: LiveTrouble?) -> Problem {
        guard let trouble else {
            return Problem(.serviceUnavailable, "the first snapshot is being computed").with(.retryAfter, "5")
        }
        let state = trouble.failures == 0 ? "a snapshot is being computed" : "no snapshot could be computed"
        return Problem(.serviceUnavailable, "\(state): \(trouble.reason)")
            .with(.retryAfter, "\(Int(max(5, trouble.pause)))")
    }

    func with(_ name: HTTPField.Name, _ value: String) -> Problem {
        var problem = self
        problem.headers[name] = value
        return problem
    }

    private struct Body: Encodable {
        let type: String
        let title: String
        let status: Int
        let detail: String
        let instance: String
        let errors: [Field]?
    }

    /// - Parameter instance: the id of the request, under which the log speaks of it.
    func response(instance: String) -> Response {
        let body = Body(
            type: "about:blank", title: status.reasonPhrase, status: status.code, detail: detail,
            instance: "urn:request:\(instance)", errors: errors)
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        let bytes = (try? Answer.encoder.encode(body)) ?? Data()
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}
