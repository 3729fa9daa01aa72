import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Live
import NIOCore
import Store
import Testing

extension RouteTests {
    struct Consent {
        private let service: TestService

        init() async throws { service = try await TestService() }

        private func put(_ path: String, _ body: String? = nil) async throws -> TestResponse {
            try await service.send(.put, path, body, as: .write)
        }

        @Test func `nothing is computed for who has withdrawn, and they still see their data`() async throws {
            let reply = try await put("/users/1/consent/personalization", #"{"granted":false,"source":"form"}"#)
            #expect(reply.status == .ok && reply.text.contains(#""used":false"#) && reply.text.contains("form"))
            for path in ["/users/1/neighbors", "/users/1/recommendations"] {
                let answer = try await service.get(path)
                #expect(answer.status == .conflict && answer.text.contains("has not consented"))
            }
            #expect(try await service.get("/users/1").status == .ok)
            for user in ["2", "4", "5"] {
                let near = try await service.get("/users/\(user)/neighbors?count=100").list()
                #expect(!near.isEmpty && !near.contains { $0["user_id"] as? String == "1" })
            }
            #expect(try await !service.get("/graph.csv").text.contains("\n1,"))
            _ = try await put("/users/1/consent/personalization", #"{"granted":true}"#)
            #expect(try await service.get("/users/1/neighbors").status == .ok)
        }

        @Test func `a restriction and an objection hold until they are lifted`() async throws {
            #expect(try await put("/users/1/privacy/restriction").json()["restricted"] as? Bool == true)
            #expect(try await service.get("/users/1/recommendations").status == .conflict)
            #expect(try await service.send(.delete, "/users/1/privacy/restriction", as: .write).status == .ok)
            #expect(try await put("/users/1/privacy/objection/analytics").text.contains(#""objection":true"#))
            #expect(try await !service.get("/ratings?count=100").list().contains { $0["user_id"] as? String == "1" })
            #expect(try await service.send(.delete, "/users/1/privacy/objection/analytics", as: .write).status == .ok)
        }

        @Test func `what cannot be decided is refused`() async throws {
            #expect(try await put("/users/1/consent/marketing", #"{"granted":true}"#).status == .notFound)
            #expect(try await put("/users/1/consent/export", #"{"granted":"yes"}"#).status == .badRequest)
            #expect(try await put("/users/1/consent/export", #"{"given":true}"#).status == .badRequest)
            #expect(try await put("/users/nobody/privacy/restriction").status == .notFound)
            #expect(try await service.get("/users/nobody/consent").status == .notFound)
            let long = String(repeating: "x", count: 201)
            let reply = try await put("/users/1/consent/export", #"{"granted":true,"source":"\#(long)"}"#)
            #expect(reply.status == .unprocessableContent)
        }
    }
}
