import Foundation
import HTTPTypes
import HummingbirdCore
import HummingbirdTesting
import NIOCore
import Store
import Testing

extension RouteTests {
    /// The matrix of roles and routes, made from `openapi.json`: whoever asks for whatever is answered as declared there.
    struct `Roles and routes` {
        /// What an operation declares.
        private struct Declared: Decodable {
            let security: [[String: [String]]]

            /// The role that is needed; nil where nobody needs a key.
            var role: Role? { security.first?["key"]?.first.flatMap(Role.init) }
        }

        private let service: TestService

        init() throws { service = try #require(TestService.shared) }

        /// By method and path. An operation without `security` is no operation of this document.
        private func declared() async throws -> [String: Declared] {
            struct Document: Decodable { let paths: [String: [String: Declared]] }
            let reply = try await service.send(.get, "/openapi.json", as: nil)
            let paths = try JSONDecoder().decode(Document.self, from: Data(reply.body.readableBytesView)).paths
            return Dictionary(
                uniqueKeysWithValues: paths.flatMap { path, operations in
                    operations.map { ("\($0.key.uppercased()) \(path)", $0.value) }
                })
        }

        @Test(arguments: Operation.all, [nil] + Role.allCases.map(Optional.some))
        func `each role is let in or kept out as declared`(_ operation: Operation, _ caller: Role?) async throws {
            let declared = try #require(try await declared()["\(operation.method) \(operation.path)"])
            let expected: HTTPResponse.Status =
                switch (declared.role, caller) {
                case (nil, _): operation.status
                case (_, nil): .unauthorized
                case (let needed?, let caller?): caller.suffices.contains(needed) ? operation.status : .forbidden
                }
            let isAnswered = expected == operation.status
            let service = operation.method == .get || !isAnswered ? service : try await TestService()
            if operation.path == Operation.endless, isAnswered, let caller {
                #expect(try await service.open(operation.example, as: caller).status == expected)
            } else {
                let reply = try await service.send(operation.method, operation.example, operation.body, as: caller)
                #expect(reply.status == expected, "\(reply.text.prefix(200))")
            }
        }

        @Test func `each role is declared somewhere, and auditors have nothing else`() async throws {
            let roles = try await declared().mapValues(\.role)
            #expect(Set(roles.values.compactMap { $0 }) == Set(Role.allCases))
            #expect(roles.filter { $0.value == .auditor }.keys.sorted() == ["GET /audit", "GET /audit/verification"])
            #expect(Role.auditor.suffices == [.auditor])
            #expect(Role.allCases.filter { $0.suffices.contains(.auditor) } == [.auditor])
        }
    }
}
