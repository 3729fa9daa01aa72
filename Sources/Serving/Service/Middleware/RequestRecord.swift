import HTTPTypes
import Hummingbird
import Logging

/// Writes a line of log for each request, without personal data, and counts it: the route and not the path, for ids stand in
/// paths. The answer carries the id under which the log has it.
struct RequestRecord: RouterMiddleware {
    typealias Context = ServiceContext

    let metrics: ServiceMetrics

    func handle(
        _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let begin = ContinuousClock.now
        var response = try await next(request, context)
        let seconds = begin.duration(to: .now) / .seconds(1)
        let route = Self.template(context.endpointPath)
        metrics.countRequest(
            method: request.method.known, route: route, status: response.status.code, seconds: seconds)
        context.logger.info(
            "request",
            metadata: [
                "method": "\(request.method.known)", "route": "\(route)", "status": "\(response.status.code)",
                "seconds": "\(seconds)",
            ])
        response.headers[.requestID] = context.id
        return response
    }

    /// `/users/:id` → `/users/{id}`, and `none` for what no route takes.
    private static func template(_ path: String?) -> String {
        guard let path, path.hasPrefix("/") else { return "none" }
        return path.split(separator: "/", omittingEmptySubsequences: false).map { part in
            part.hasPrefix(":") ? "{\(part.dropFirst())}" : String(part)
        }.joined(separator: "/")
    }
}

extension HTTPRequest.Method {
    /// What comes as a method can be anything; a metric must not have as many labels.
    fileprivate var known: String { isStandard ? rawValue : "other" }

    /// Whether RFC 9110 or RFC 5789 has it.
    var isStandard: Bool { Self.standard.contains(self) || self == .head }

    /// All but HEAD, which every path with GET has.
    static let standard: [HTTPRequest.Method] = [.get, .post, .put, .patch, .delete, .options, .trace]
}
