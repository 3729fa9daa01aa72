import HTTPTypes
import Hummingbird

/// Keeps pages of other origins out: a page that somebody else serves must not change or read what is here through the browser
/// of a person who may.
///
/// Browsers send `Origin` with what a page of another origin asks for; it has to be this service's own or an allowed one. A
/// service that only this machine reaches answers to no other name but the machine's, so that no name made to point
/// here (DNS rebinding) can pass for its own. What is allowed may read problems too, so this stands outside of
/// `ProblemResponses`.
struct SameOrigin: RouterMiddleware {
    typealias Context = ServiceContext

    let allowed: [String]
    let isLoopback: Bool

    func handle(
        _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let authority = request.head.authority ?? ""
        if isLoopback, !Self.isLocal(authority) {
            return Problem(.misdirectedRequest, "this service answers to localhost and 127.0.0.1 only")
                .response(instance: context.id)
        }
        guard let origin = request.headers[.origin], !Self.isSame(origin, authority) else {
            return try await next(request, context)
        }
        guard allowed.contains(origin) else {
            return Problem(.forbidden, "pages of other origins are not answered here").response(instance: context.id)
        }
        var response =
            request.method == .options
            ? Response(status: .noContent, headers: Self.preflight) : try await next(request, context)
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.vary] = "Origin"
        return response
    }

    private static let preflight: HTTPFields = [
        .accessControlAllowMethods: "GET, POST, DELETE",
        .accessControlAllowHeaders: "Authorization, Content-Type, Idempotency-Key, If-None-Match",
        .accessControlMaxAge: "600",
    ]

    private static func isSame(_ origin: String, _ authority: String) -> Bool {
        origin == "http://\(authority)" || origin == "https://\(authority)"
    }

    private static func isLocal(_ authority: String) -> Bool {
        let name = authority.first == "[" ? authority.prefix { $0 != "]" }.dropFirst() : authority.prefix { $0 != ":" }
        return ["127.0.0.1", "localhost", "::1"].contains(name.lowercased())
    }
}
