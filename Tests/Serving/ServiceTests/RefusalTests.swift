import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Service
import Store
import Testing

extension RouteTests {
    struct Refusals {
        private let service: TestService

        init() throws { service = try #require(TestService.shared) }

        @Test(arguments: [
            "/movies/none", "/movies/none/similar", "/movies/none/fans", "/recommendations?item_id=none",
            "/recommendations?title=qqqqqq", "/users/none", "/users/none/neighbors", "/users/none/recommendations",
            "/communities/999", "/communities/-1", "/communities/none", "/analytics/none", "/assets/none.js",
        ])
        func `an unknown id is not found`(_ path: String) async throws {
            let reply = try await service.get(path)
            #expect(reply.status == .notFound && reply.text.contains("\"detail\""))
        }

        @Test func `a path that nobody has is not found`() async throws {
            #expect(try await service.get("/nothing/here").status == .notFound)
            #expect(try await service.send(.init("BREW") ?? .get, "/movies").status == .notImplemented)
        }

        @Test(arguments: [
            "/movies?page=0", "/movies?page=one", "/movies?per_page=101", "/movies?page=1&page=2", "/movies?page=%FF",
            "/movies/search", "/movies/search?q=", "/movies/search?q=+", "/movies/search?q=film&count=0",
            "/movies/7/similar?count=101", "/movies/7/fans?per_page=0", "/movies/%FF", "/recommendations",
            "/recommendations?title=film&item_id=7", "/recommendations?item_id=7&count=0",
            "/recommendations/generated?page=0", "/users/1/neighbors?count=many", "/users/%FF",
            "/users/1/recommendations?model=magic", "/users/1/recommendations?count=0",
            "/users/1/recommendations?explain=maybe", "/ratings?count=101", "/communities?page=-1",
            "/communities/0?per_page=1000", "/graph/core?count=9", "/graph/core?count=501", "/graph/heatmap?count=1",
            "/analytics/top_items?limit=0", "/analytics/top_items?format=pdf", "/analytics/top_items?newest=yes",
            "/runs?page=0", "/assets/%FF",
        ])
        func `a parameter out of its range is refused`(_ path: String) async throws {
            let reply = try await service.get(path)
            #expect(reply.status == .badRequest && reply.headers[.contentType] == "application/problem+json")
        }

        private static let rating = #"{"user_id":"new","item_id":"7","rating":4}"#

        @Test(arguments: [
            ("/ratings", "no JSON", 400), ("/ratings", "{}", 400), ("/ratings", #"{"ratings":[]}"#, 422),
            ("/ratings", #"{"user_id":"new","item_id":"7","rating":"4"}"#, 400),
            ("/ratings", #"{"user_id":"new","item_id":"7","rating":4,"stars":4}"#, 400),
            ("/ratings", #"{"user_id":"new","item_id":"7","rating":9}"#, 422),
            ("/ratings", #"{"user_id":"","item_id":"7","rating":4}"#, 422),
            ("/ratings", #"{"user_id":"new","item_id":"none","rating":4}"#, 422),
            ("/ratings", #"{"user_id":"new","item_id":"7","rating":4,"timestamp":-1}"#, 422),
            ("/recommendations", "{}", 400), ("/recommendations", #"{"ratings":[],"model":"magic"}"#, 422),
            ("/recommendations", #"{"ratings":[],"count":0}"#, 422),
            ("/recommendations", #"{"ratings":[{"item_id":"none","rating":4}]}"#, 422),
            ("/recommendations", #"{"ratings":[{"item_id":"7","rating":9}]}"#, 422),
            ("/recommendations", #"{"ratings":[{"item_id":"7","rating":4},{"item_id":"7","rating":4}]}"#, 422),
            ("/admin/sql", "{}", 400), ("/admin/sql", #"{"sql":"DELETE FROM ratings"}"#, 422),
            ("/admin/sql", #"{"sql":"SELECT nothing FROM ratings"}"#, 422),
            ("/admin/sql", #"{"sql":"SELECT 1","row_limit":0}"#, 422),
            ("/admin/sql", #"{"sql":"SELECT 1","time_limit":1000}"#, 422),
        ])
        func `a body that does not fit is refused`(_ path: String, _ body: String, _ status: Int) async throws {
            let reply = try await service.send(.post, path, body, as: .admin)
            #expect(reply.status.code == status, "\(reply.text)")
        }

        @Test(arguments: ["/ratings", "/recommendations", "/admin/sql"])
        func `a body of another type, or too large, is refused`(_ path: String) async throws {
            let text = try await service.send(
                .post, path, Self.rating, as: .admin, headers: [.contentType: "text/plain"])
            #expect(text.status == .unsupportedMediaType)
            let large = try await service.send(.post, path, String(repeating: " ", count: 1 << 21), as: .admin)
            #expect(large.status == .contentTooLarge)
        }

        @Test func `what nobody has rated cannot be removed`() async throws {
            for path in ["/ratings/1/none", "/ratings/none/7"] {
                #expect(try await service.send(.delete, path, as: .write).status == .notFound)
            }
            #expect(try await service.send(.delete, "/ratings/%FF/7", as: .write).status == .badRequest)
        }
    }

    struct Limits {
        /// One request, and the next in a thousand seconds.
        @Test func `more requests than are allowed have to wait`() async throws {
            let service = try await TestService(hasSnapshot: false) { $0.rateLimit = 0.001 }
            #expect(try await service.send(.get, "/healthz", as: nil).status == .ok)
            let reply = try await service.send(.get, "/healthz", as: nil)
            #expect(reply.status == .tooManyRequests && Int(reply.headers[.retryAfter] ?? "") ?? 0 > 900)
        }

        @Test func `pages of other origins are refused unless they are allowed`() async throws {
            let service = try await TestService(hasSnapshot: false) { $0.allowedOrigins = ["https://app.example"] }
            let other = try await service.get("/summary", headers: [.origin: "https://other.example"])
            #expect(other.status == .forbidden && other.headers[.accessControlAllowOrigin] == nil)
            for path in ["/summary", "/nothing"] {
                let reply = try await service.get(path, headers: [.origin: "https://app.example"])
                #expect(reply.headers[.accessControlAllowOrigin] == "https://app.example")
            }
            #expect(try await service.get("/summary", headers: [.origin: "http://localhost"]).status == .ok)
            let preflight = try await service.send(
                .options, "/ratings", as: nil, headers: [.origin: "https://app.example"])
            #expect(preflight.status == .noContent)
            #expect(preflight.headers[.accessControlAllowMethods] == "GET, POST, DELETE")
        }

        @Test func `another name than that of this machine is refused`() async throws {
            let service = try await TestService(hasSnapshot: false)
            #expect(try await service.open("/healthz", authority: "evil.example").status == .misdirectedRequest)
            #expect(try await service.open("/healthz", authority: "127.0.0.1:8080").status == .ok)
        }

        @Test func `a store without keys is open on this machine and to nobody else`() async throws {
            let service = try await TestService(hasSnapshot: false, hasKeys: false)
            #expect(try await service.send(.get, "/summary", as: nil).status == .ok)
            await #expect(throws: ServiceError.self) {
                try await TestService(hasSnapshot: false, hasKeys: false) { $0.host = "0.0.0.0" }
            }
        }

        @Test func `every answer tells browsers to be strict`() async throws {
            let service = try await TestService(hasSnapshot: false)
            for path in ["/", "/summary", "/nothing"] {
                let reply = try await service.get(path)
                #expect(reply.headers[.xContentTypeOptions] == "nosniff")
                #expect(reply.headers[.contentSecurityPolicy]?.contains("default-src 'none'") == true)
            }
        }
    }
}
