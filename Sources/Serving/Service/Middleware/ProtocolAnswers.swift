import HTTPTypes
import Hummingbird
import NIOCore

/// What HTTP itself asks of every answer, whatever the path: refuses what `RequestRules` has found, answers `OPTIONS *`, and tells
/// callers who wait for it when their body is wanted.
struct ProtocolAnswers: RouterMiddleware {
    typealias Context = ServiceContext

    func handle(
        _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        if let refusal = Refusal(path: request.head.path) {
            return Problem(refusal.status, refusal.detail).response(instance: context.id)
        }
        if request.method == .options, request.head.path == "*" {
            return Response(status: .noContent, headers: [.allow: "DELETE, GET, HEAD, OPTIONS, POST"])
        }
        guard request.headers[.expect] != nil else { return try await next(request, context) }
        var request = request
        request.body = RequestBody(asyncSequence: WantedBody(base: request.body, channel: context.channel))
        return try await next(request, context)
    }
}

/// A body that is asked for when it begins to be read.
private struct WantedBody: AsyncSequence, Sendable {
    let base: RequestBody
    let channel: any Channel

    func makeAsyncIterator() -> Iterator { Iterator(base: base.makeAsyncIterator(), channel: channel) }

    struct Iterator: AsyncIteratorProtocol {
        var base: RequestBody.AsyncIterator
        let channel: any Channel
        var isAskedFor = false

        mutating func next() async throws -> ByteBuffer? {
            if !isAskedFor {
                isAskedFor = true
                try await channel.triggerUserOutboundEvent(ContinueHandler.BodyIsWanted()).get()
            }
            return try await base.next()
        }
    }
}
