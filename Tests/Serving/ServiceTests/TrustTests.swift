import Foundation
import HTTPTypes
import HummingbirdTesting
import Live
import Service
import ServingSupport
import Store
import Testing

/// Answers that stand for another store, callers that pass for others, and clocks that are wrong.
struct TrustTests {
    @Test("15.10: the tag of another store, or of another path, is not known here")
    func tags() async throws {
        let (one, other) = (try await TestService(), try await TestService())
        let paths = ["/movies", "/communities", "/users/1/neighbors", "/graph/core"]
        var tags: [String] = []
        for path in paths {
            let tag = try #require(try await one.get(path).headers[.eTag])
            #expect(try await one.get(path, headers: [.ifNoneMatch: tag]).status == .notModified)
            #expect(try await other.get(path, headers: [.ifNoneMatch: tag]).status == .ok)
            tags.append(tag)
        }
        for tag in tags {
            #expect(try await one.get("/users/nobody/neighbors", headers: [.ifNoneMatch: tag]).status == .notFound)
            #expect(try await one.get("/movies?page=2", headers: [.ifNoneMatch: tag]).status == .ok)
        }
    }

    @Test("15.12: times beyond a minute ahead are refused, earlier ones count")
    func times() async throws {
        let service = try await TestService()
        let now = Int(Date().timeIntervalSince1970)
        func rate(_ rating: Int, _ time: Int) async throws -> TestResponse {
            let body = #"{"user_id":"x","item_id":"1","rating":\#(rating),"timestamp":\#(time)}"#
            return try await service.send(.post, "/ratings", body, as: .write)
        }
        #expect(try await rate(5, now + 600).status == .unprocessableContent)
        #expect(try await rate(5, now + 30).json()["counting"] as? Int == 1)
        #expect(try await rate(2, 1_000).json()["counting"] as? Int == 1)
        #expect(try service.sample.store.ratings(ofUser: "x")?.map(\.event.value) == [2])
        let twice = #"{"ratings":[{"user_id":"x","item_id":"1","rating":3},{"user_id":"x","item_id":"1","rating":4}]}"#
        let stored = try await service.send(.post, "/ratings", twice, as: .write).json()
        #expect(stored["stored"] as? Int == 2 && stored["counting"] as? Int == 1)
        #expect(try service.sample.store.ratings(ofUser: "x")?.map(\.event.value) == [4])
    }

    @Test("15.15: names of requests do not collide between keys")
    func idempotencyNames() async throws {
        let service = try await TestService()
        for name in ["a", "a/b"] {
            let hash = APIKey.hash("key of \(name)")
            try service.sample.store.add(StoredKey(hash: hash, name: name, role: .write, created: 0))
        }
        try await Task.sleep(for: .seconds(2.2))
        for (name, key, rating) in [("a", "b/c", 1), ("a/b", "c", 5)] {
            let body = #"{"user_id":"x","item_id":"1","rating":\#(rating)}"#
            let reply = try await service.send(
                .post, "/ratings", body, as: nil,
                headers: [.authorization: "Bearer key of \(name)", .idempotencyKey: key])
            #expect(try reply.status == .ok && reply.json()["repeated"] as? Bool == false)
        }
    }

    @Test("15.15: the last key that is removed closes the service instead of opening it")
    func lastKey() async throws {
        let service = try await TestService()
        for role in Role.allCases { try service.sample.store.removeKey(named: role.rawValue) }
        try await Task.sleep(for: .seconds(2.2))
        #expect(try await service.send(.get, "/movies", as: nil).status == .unauthorized)
        #expect(try await service.send(.post, "/admin/refresh", as: .admin).status == .unauthorized)
        #expect(try await service.send(.get, "/healthz", as: nil).status == .ok)
    }

    @Test("15.14: what is in the way is said by /readyz, /summary and /metrics")
    func readiness() async throws {
        let service = try await TestService()
        #expect(try await service.get("/readyz").json()["trouble"] is NSNull)
        try FileManager.default.removeItem(atPath: service.sample.store.path)
        let reply = try await service.get("/readyz")
        #expect(reply.status == .serviceUnavailable && reply.text.contains("removed or replaced"))
        let rating = #"{"user_id":"x","item_id":"1","rating":4}"#
        #expect(try await service.send(.post, "/ratings", rating, as: .write).status == .serviceUnavailable)
        await #expect(throws: StoreError.self) { try await service.live.refresh() }
        #expect(try await service.get("/metrics").text.contains("kindred_refresh_failures_in_a_row 1\n"))
        #expect(try await service.get("/metrics").text.contains("kindred_store_in_place 0\n"))
    }
}
