import Foundation
import HTTPTypes
import HummingbirdTesting
import Service
import Testing

extension RouteTests {
    struct `Sinks and the search in an index` {
        @Test func `a sink tells how it is`() async throws {
            let service = try #require(TestService.shared)
            let sink = try #require(try await service.get("/sinks").list().first)
            #expect(sink["name"] as? String == "elasticsearch" && sink["state"] as? String == "starting")
            #expect(sink["entries_behind"] is NSNull && sink["last_error"] is NSNull && sink["run"] is NSNull)
            let kinds = (sink["documents"] as? [[String: Any]])?.values("kind", String.self)
            #expect(kinds == ["items", "users", "ratings", "recommendations", "communities", "edges"])
        }

        @Test func `metrics have a sink's state, and no lag where none is known`() async throws {
            let text = try await TestService.shared?.get("/metrics").text ?? ""
            #expect(text.contains(#"kindred_sink_up{sink="elasticsearch"} 0"#))
            #expect(text.contains(#"{sink="elasticsearch",kind="ratings",outcome="rejected"} 0"#))
            #expect(!text.contains("kindred_sink_lag_entries{"))
        }

        @Test func `an index that does not answer is told apart from one that there is not`() async throws {
            let service = try #require(TestService.shared)
            let silent = try await service.get("/movies/search?q=film&engine=elasticsearch")
            #expect(silent.status == .serviceUnavailable && silent.headers[.retryAfter] == "5")
            #expect(silent.text.contains("Elasticsearch"))
            let other = try await service.get("/movies/search?q=film&engine=other")
            #expect(other.status == .badRequest && other.text.contains("embedded, elasticsearch"))
            let without = try await TestService { $0.sinks = [] }
            let missing = try await without.get("/movies/search?q=film&engine=elasticsearch")
            #expect(missing.status == .badRequest && missing.text.contains("no Elasticsearch"))
            #expect(try await without.get("/sinks").list().isEmpty)
        }

        @Test func `the embedded search is the default`() async throws {
            let service = try #require(TestService.shared)
            let (plain, named) = (
                try await service.get("/movies/search?q=film"),
                try await service.get("/movies/search?q=film&engine=embedded")
            )
            #expect(plain.status == .ok && plain.text == named.text && named.headers[.eTag] != nil)
        }
    }
}
