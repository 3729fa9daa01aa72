import HTTPTypes
import Hummingbird

/// What browsers are told to be strict about, on every answer.
struct SecurityHeaders: RouterMiddleware {
    typealias Context = ServiceContext

    private let fields: [HTTPField]

    private static let policy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
        "font-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
    ].joined(separator: "; ")

    init(hasTLS: Bool) {
        let values: KeyValuePairs<String, String> = [
            "Content-Security-Policy": Self.policy, "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY", "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin",
        ]
        let strict: KeyValuePairs<String, String> = hasTLS ? ["Strict-Transport-Security": "max-age=31536000"] : [:]
        fields = (Array(values) + Array(strict)).compactMap { name, value in
            HTTPField.Name(name).map { HTTPField(name: $0, value: value) }
        }
    }

    func handle(
        _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        for field in fields { response.headers.append(field) }
        return response
    }
}
