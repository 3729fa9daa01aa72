import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import NIOCore
import ServingSupport
import Store
import Testing

/// Who is told who the others are. Ids of users are marked, and looked for in every answer.
struct AudienceTests {
    private static let mark = "zq-"
    private static let own = "zq-1"

    private static let paths = Operation.all.filter { $0.method == .get && $0.path != Operation.endless }.map {
        $0.example.replacing("/users/1", with: "/users/\(own)")
    }
    private static let more = [
        "/graph/heatmap?format=csv", "/recommendations/generated?format=csv", "/analytics/active_users",
        "/analytics/active_users?format=csv", "/users/\(own)/recommendations?model=knn&explain=true",
    ]
    /// What names others to administrators.
    private static let naming: Set = [
        "/movies/7/fans", "/recommendations/generated", "/users/\(own)/neighbors", "/ratings", "/communities/0",
        "/graph.graphml", "/graph.csv", "/graph/core", "/graph/heatmap", "/compare", "/graph/heatmap?format=csv",
        "/recommendations/generated?format=csv", "/analytics/active_users", "/analytics/active_users?format=csv",
    ]

    private func others(_ reply: TestResponse) -> Set<String> {
        Set(reply.text.matches(of: /zq-\d+/).map { String($0.output) }).subtracting([Self.own])
    }

    @Test func `no answer tells an application who others are, and those of administrators do`() async throws {
        let service = try await TestService(userPrefix: Self.mark)
        var naming: Set<String> = []
        for path in Self.paths + Self.more {
            // First as an administrator, so that what is kept of that answer would come next.
            if try await !others(service.get(path, as: .admin)).isEmpty { naming.insert(path) }
            for role in [Role.read, .write, .auditor] {
                #expect(try await others(service.get(path, as: role)).isEmpty, "\(path) by \(role)")
            }
        }
        #expect(naming == Self.naming)
        let guest = #"{"ratings":[{"item_id":"7","rating":5}],"model":"knn","explain":true}"#
        #expect(try await others(service.send(.post, "/recommendations", guest)).isEmpty)
    }

    @Test func `answers of two audiences have different tags`() async throws {
        let service = try await TestService(userPrefix: Self.mark)
        for path in ["/movies/7/fans", "/users/\(Self.own)/neighbors", "/graph/core", "/compare"] {
            let tag = try #require(try await service.get(path, as: .admin).headers[.eTag])
            #expect(try await service.get(path, as: .admin, headers: [.ifNoneMatch: tag]).status == .notModified)
            #expect(try await service.get(path, as: .read, headers: [.ifNoneMatch: tag]).status == .ok, "\(path)")
        }
    }

    @Test func `pictures keep their shape where users have labels`() async throws {
        let service = try await TestService(userPrefix: Self.mark)
        for path in ["/graph/core?count=20", "/graph/heatmap?count=8"] {
            let (named, labeled) = (try await service.get(path, as: .admin).json(), try await service.get(path).json())
            #expect(named["named"] as? Bool == true && labeled["named"] as? Bool == false)
        }
        let core = try await service.get("/graph/core?count=20")
        let nodes = try core.list("nodes").values("id", String.self)
        #expect(nodes.first == "member 1" && Set(nodes).count == nodes.count)
        #expect(Set(try core.list("links").values("source", String.self)).isSubset(of: nodes))
        let whole = try await service.get("/compare", as: .admin).json()
        let part = try await service.get("/compare").json()
        #expect((whole["examples"] as? [Any])?.isEmpty == false && (part["examples"] as? [Any])?.isEmpty == true)
        #expect(NSArray(array: try means(whole)) == NSArray(array: try means(part)))
    }

    private func means(_ comparison: [String: Any]) throws -> [Any] {
        let models = try #require(comparison["models"] as? [[String: Any]])
        return models.map { $0["mean"] ?? "" }
    }

    @Test(arguments: [Role.read, .admin]) func `events name users to administrators alone`(_ role: Role) async throws {
        let service = try await TestService(userPrefix: Self.mark)
        let response = try await service.open("/events", as: role)
        let reader = FirstRatings {
            let rating = #"{"user_id":"zq-2","item_id":"7","rating":4}"#
            _ = try await service.send(.post, "/ratings", rating, as: .write)
        }
        let found = await #expect(throws: FirstRatings.Found.self) { try await response.body.write(reader) }
        #expect(found?.frame.contains("zq-2") == (role == .admin))
        #expect(found?.frame.contains(#""user_id":null"#) == (role == .read))
    }

    /// Reads until ratings come.
    private final class FirstRatings: ResponseBodyWriter {
        struct Found: Error { let frame: String }

        private let onListening: @Sendable () async throws -> Void

        init(onListening: @escaping @Sendable () async throws -> Void) { self.onListening = onListening }

        func write(_ buffer: ByteBuffer) async throws {
            let frame = String(buffer: buffer)
            if frame == ": heartbeat\n\n" { try await onListening() }
            if frame.hasPrefix("event: ratings\n") { throw Found(frame: frame) }
        }

        func finish(_ trailingHeaders: HTTPFields?) {}
    }
}
