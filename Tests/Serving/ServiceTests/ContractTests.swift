import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import NIOCore
import Store
import Testing

extension RouteTests {
    /// What holds for every operation; a new one fails here until `Operation.all` has a request for it.
    struct `Every operation` {
        private let service: TestService

        init() throws { service = try #require(TestService.shared) }

        /// What `openapi.json` says of an operation.
        private struct Described: Decodable {
            let security: [[String: [String]]]?
            let responses: [String: Ignored]

            struct Ignored: Decodable { init(from decoder: any Decoder) {} }

            var roles: [String] { (security ?? []).flatMap { $0.values.joined() } }
        }

        private func description() async throws -> [String: [String: Described]] {
            struct Document: Decodable { let paths: [String: [String: Described]] }
            let reply = try await service.send(.get, "/openapi.json", as: nil)
            return try JSONDecoder().decode(Document.self, from: Data(reply.body.readableBytesView)).paths
        }

        private func expectDescribed(_ status: HTTPResponse.Status, of operation: Operation) async throws {
            let described = try await description()[operation.path]?[operation.method.rawValue.lowercased()]
            #expect(described?.responses["\(status.code)"] != nil, "\(status) of \(operation.testDescription)")
        }

        @Test func `has a test, and every path of the router is described`() async throws {
            let described = try await description()
            let names = described.flatMap { path, operations in
                operations.map { "\($0.key.uppercased()) \(path) \($0.value.roles.joined())" }
            }
            let tested = Operation.all.map { "\($0.method) \($0.path) \($0.role?.rawValue ?? "")" }
            #expect(names.sorted() == tested.sorted())
            #expect(service.paths == Set(described.keys))
        }

        @Test(arguments: Operation.all)
        func `answers with its role, as described`(_ operation: Operation) async throws {
            let service = operation.method == .get ? service : try await TestService()
            let status =
                operation.path == Operation.endless
                ? try await service.open(operation.example).status
                : try await service.send(
                    operation.method, operation.example, operation.body, as: operation.role
                ).status
            #expect(status == operation.status)
            try await expectDescribed(status, of: operation)
        }

        @Test(arguments: Operation.withKeys)
        func `is refused without a key that is known`(_ operation: Operation) async throws {
            for field in [nil, "Bearer unknown", "Basic a2V5"] {
                let headers: HTTPFields = field.map { [.authorization: $0] } ?? [:]
                let reply = try await service.send(
                    operation.method, operation.example, operation.body, as: nil, headers: headers)
                #expect(reply.status == .unauthorized)
                #expect(reply.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
            }
            try await expectDescribed(.unauthorized, of: operation)
        }

        @Test(arguments: Operation.all)
        func `names the methods of its path when asked by another`(_ operation: Operation) async throws {
            let others = Operation.all.filter { $0.path == operation.path }.map(\.method)
            for method in [HTTPRequest.Method.get, .post, .put, .delete, .patch] where !others.contains(method) {
                let reply = try await service.send(method, operation.example, as: operation.role)
                #expect(reply.status == .methodNotAllowed)
                #expect(reply.headers[.allow]?.contains(operation.method.rawValue) == true)
            }
        }

        @Test(arguments: Operation.all)
        func `refuses a query parameter that it does not have`(_ operation: Operation) async throws {
            // Pages and their files take whatever a browser adds.
            guard operation.path != "/", operation.path != "/catalog/page", operation.path != "/openapi.json",
                operation.path != "/assets/{name}"
            else {
                return
            }
            let path = operation.example + (operation.example.contains("?") ? "&" : "?") + "misspelled=1"
            let reply = try await service.send(operation.method, path, operation.body, as: operation.role)
            #expect(reply.status == .badRequest && reply.text.contains("misspelled"))
            #expect(reply.headers[.contentType] == "application/problem+json")
            try await expectDescribed(.badRequest, of: operation)
        }

        @Test(arguments: Operation.all.filter { $0.method == .get && $0.path != Operation.endless })
        func `has a head without a body`(_ operation: Operation) async throws {
            let (whole, head) = (
                try await service.get(operation.example, as: operation.role),
                try await service.send(.head, operation.example, as: operation.role)
            )
            #expect(head.status == whole.status && head.body.readableBytes == 0)
            #expect(head.headers[.contentType] == whole.headers[.contentType])
        }

        /// Where the description has 304, an answer carries its version.
        @Test(arguments: Operation.all.filter { $0.method == .get && $0.path != Operation.endless })
        func `says so when nothing has changed`(_ operation: Operation) async throws {
            guard try await description()[operation.path]?["get"]?.responses["304"] != nil else { return }
            // One that nobody rates a film of: the graph follows each rating.
            let service = try await TestService()
            let tag = try #require(try await service.get(operation.example, as: operation.role).headers[.eTag])
            for given in [tag, "\"another\", \(tag)", String(tag.dropFirst(2))] {
                let reply = try await service.get(
                    operation.example, as: operation.role, headers: [.ifNoneMatch: given])
                #expect(
                    reply.status == .notModified, "\(given): \(reply.headers[.eTag] ?? "") \(reply.text.prefix(200))")
                #expect(reply.body.readableBytes == 0)
            }
            let other = try await service.get(
                operation.example, as: operation.role, headers: [.ifNoneMatch: "\"another\""])
            #expect(other.status == .ok)
        }
    }

    struct `Before the first snapshot` {
        /// From the store alone, or not of ratings at all.
        private static let ready: Set = [
            "/ratings", "/ratings/{user}/{item}", "/analytics", "/analytics/{name}", "/summary", "/runs", "/events",
            "/admin/refresh", "/admin/sql", "/movies/top", "/sources", "/sinks", "/admin/sources/{name}/pause",
            "/admin/sources/{name}/resume", "/stream/error", "/audit", "/audit/verification", "/healthz", "/metrics",
            "/openapi.json", "/", "/assets/{name}", "/users/{id}/consent", "/users/{id}/consent/{purpose}",
            "/users/{id}/privacy/restriction", "/users/{id}/privacy/objection/{purpose}", "/catalog",
            "/catalog.jsonld", "/catalog/lineage", "/catalog/search", "/catalog/page", "/users/{id}/privacy",
            "/users/{id}/privacy/access", "/users/{id}/privacy/rectification", "/privacy/erasures/{token}",
        ]

        @Test func `what needs none is answered, and the rest says when to ask again`() async throws {
            let service = try await TestService(hasSnapshot: false)
            for operation in Operation.all where operation.path != Operation.endless {
                guard operation.path != "/admin/refresh" else { continue }
                let reply = try await service.send(
                    operation.method, operation.example, operation.body, as: operation.role)
                let expected = Self.ready.contains(operation.path) ? operation.status : .serviceUnavailable
                #expect(reply.status == expected, "\(operation.testDescription)")
                if expected == .serviceUnavailable { #expect(reply.headers[.retryAfter] == "5") }
            }
        }
    }
}
