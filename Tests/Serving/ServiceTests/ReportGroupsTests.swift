import Engine
import Foundation
import HTTPTypes
import HummingbirdTesting
import Live
import Privacy
import ServingSupport
import Store
import Testing

/// Reports and descriptions tell keys of the role read no figures of few people.
struct ReportGroupsTests {
    private func service(_ size: Int) async throws -> TestService {
        var sample = try LiveSample(users: 120, items: 45)
        sample.configuration.kinds = [.als, .knn, .popularity]
        sample.configuration.smallestGroup = SmallestGroup(size: size)
        return try await TestService(of: sample)
    }

    /// A list of a model of `/compare` by bucket.
    private func counts(_ model: [String: Any], _ key: String) -> [String: Int] {
        let pairs = (model[key] as? [[String: Any]] ?? []).map {
            ($0["bucket"] as? String ?? "", $0["count"] as? Int ?? 0)
        }
        return Dictionary(pairs) { one, _ in one }
    }

    @Test(arguments: [2, 5, 12, 30]) func `a comparison has no group of few users, and none that follows from the rest`(
        _ size: Int
    ) async throws {
        let service = try await service(size)
        let (all, told) = (
            try await service.get("/compare", as: .admin).json(), try await service.get("/compare").json()
        )
        for (whole, part) in zip(
            try #require(all["models"] as? [[String: Any]]), try #require(told["models"] as? [[String: Any]]))
        {
            let known = counts(whole, "ndcg_by_activity")
            for key in ["ndcg_by_activity", "rmse_by_activity"] {
                let shown = counts(part, key)
                #expect(shown.keys.allSatisfy { known[$0, default: 0] >= size }, "\(shown) of \(known)")
                let hidden = counts(whole, key).keys.filter { shown[$0] == nil }
                // Where no group is shown, the mean is that of all.
                let follows = hidden.count == 1 && !shown.isEmpty && known[hidden[0], default: 0] < size
                #expect(!follows, "\(hidden) follows from the mean")
            }
            #expect((part["rmse_by_popularity"] as? [Any])?.isEmpty == true && part["density"] == nil)
            #expect((whole["rmse_by_popularity"] as? [Any])?.isEmpty == false)
        }
    }

    private func rate(_ service: TestService, user: String, until scored: Int) async throws {
        let body = #"{"user_id":"\#(user)","item_id":"7","rating":4}"#
        _ = try await service.send(.post, "/ratings", body, as: .write)
        for _ in 0..<200 {
            let total = try await service.get("/stream/error", as: .admin).json()["total"] as? [[String: Any]] ?? []
            if total.contains(where: { $0["ratings"] as? Int == scored }) { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("the ratings were not scored")
    }

    @Test func `errors of a stream are told when enough people have rated, without minutes, drifts and likes`()
        async throws
    {
        let service = try await service(3)
        for (place, user) in ["1", "2"].enumerated() { try await rate(service, user: user, until: place + 1) }
        let few = try await service.get("/stream/error").json()
        #expect((few["total"] as? [Any])?.isEmpty == true && (few["newest"] as? [Any])?.isEmpty == true)
        try await rate(service, user: "3", until: 3)
        let enough = try await service.get("/stream/error").json()
        for name in ["total", "newest"] {
            let parts = try #require(enough[name] as? [[String: Any]])
            #expect(!parts.isEmpty && parts.allSatisfy { $0["users"] as? String == "all" && $0["likes"] is NSNull })
        }
        #expect((enough["minutes"] as? [Any])?.isEmpty == true && (enough["drifts"] as? [Any])?.isEmpty == true)
    }

    @Test func `runs tell figures of all ratings alone`() async throws {
        let runs = try await service(5).get("/runs").list()
        let whole: Set = ["users", "items", "edges", "communities", "modularity", "imports"]
        let metrics = try #require(runs.first?["metrics"] as? [[String: Any]])
        for metric in metrics where metric["model"] as? String == "" {
            #expect(whole.contains(metric["metric"] as? String ?? ""))
        }
        #expect(metrics.allSatisfy { !($0["metric"] as? String ?? "").contains("_by_") } && !metrics.isEmpty)
    }

    /// All names of fields within some JSON that have a value.
    private func names(_ value: Any) -> Set<String> {
        if let list = value as? [Any] { return list.reduce(into: []) { $0.formUnion(names($1)) } }
        guard let fields = value as? [String: Any] else { return [] }
        return fields.reduce(into: []) { found, field in
            let isEmpty = field.value is NSNull || (field.value as? [Any])?.isEmpty == true || field.value as? Int == 0
            if !isEmpty { found.insert(field.key) }
            found.formUnion(names(field.value))
        }
    }

    @Test func `the catalogue says what there is, and not how much, to others than administrators`() async throws {
        let service = try await service(5)
        let figures: Set = [
            "rows", "rows_read", "kept", "duplicates", "malformed", "nulls", "distinct", "least", "most", "histogram",
            "hidden_groups", "observed", "groups", "count",
        ]
        let seen = try await names(service.get("/catalog", as: .admin).json())
        #expect(seen.intersection(figures).count > 8)
        for path in ["/catalog", "/catalog/lineage", "/catalog/lineage?node=import:1", "/catalog/search?q=rating"] {
            let told = try await names(service.get(path).json())
            #expect(told.isDisjoint(with: figures), "\(path): \(told.intersection(figures))")
        }
        #expect(try await service.get("/catalog").json()["relations"] as? [Any] != nil)
        #expect(try await !service.get("/catalog.jsonld").text.contains("rows were kept"))
        #expect(try await service.get("/catalog.jsonld", as: .admin).text.contains("rows were kept"))
    }
}
