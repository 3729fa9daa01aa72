import Foundation
import TestSupport
import Testing

/// The command line and the service give the same lists of the same store: one function makes both.
@Suite(.serialized)
struct SameListsTests {
    private static let models = ["blend", "implicit", "ease", "knn", "als", "bayes", "popularity"]
    private let scratch: Scratch
    private let store: String
    private let parameters: [String]
    private let server: Server

    init() throws {
        scratch = try Scratch()
        store = scratch.path("s.sqlite")
        let imported = try Program.run("import", sample, "--store", store, "--quiet")
        try #require(imported.status == 0, "\(imported.errors)")
        parameters = [
            "--als", "rank=4,iterations=2,restarts=1", "--bayes", "rank=3,samples=4,burn-in=1", "--implicit",
            "rank=5,iterations=2",
        ]
        server = try Server(
            store,
            ["--models", Self.models.joined(separator: ","), "--compare", "none", "--rate-limit", "0"] + parameters)
    }

    private struct Place: Equatable {
        let id: String
        let title: String?
        let rating: Double?
        let score: Double?
        let reasons: [String]?

        init(_ item: [String: Any]) {
            id = item["id"] as? String ?? ""
            title = item["title"] as? String
            rating = item["predicted_rating"] as? Double
            score = item["score"] as? Double
            reasons = item["reasons"] as? [String]
        }
    }

    private func places(_ list: [String: Any]) -> [Place] { (list["items"] as? [[String: Any]] ?? []).map(Place.init) }

    private func printed(_ user: String, _ model: String?, _ options: [String]) throws -> [[String: Any]] {
        let outcome = try Program.run(
            Program.url,
            ["recommend", store, "--user", user, "--count", "5", "--json", "--threads", "1"]
                + (model.map { ["--model", $0] } ?? []) + options + parameters)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try outcome.json([[String: Any]].self)
    }

    private func served(_ user: String, _ query: String) throws -> [[String: Any]] {
        let reply = try server.get("/users/\(user)/recommendations?count=5\(query)")
        return try #require(try reply.json()["lists"] as? [[String: Any]])
    }

    @Test(arguments: models)
    func `fifty users get the same lists and reasons`(_ model: String) throws {
        for user in 1...50 {
            let printed = try #require(try printed("\(user)", model, ["--explain"]).first)
            let served = try #require(try served("\(user)", "&model=\(model)&explain=true").first)
            #expect(places(printed) == places(served) && places(printed).count == 5, "user \(user)")
            for key in ["unit", "score_meaning", "model"] {
                #expect(printed[key] as? String == served[key] as? String)
            }
            let plain = try #require(try self.served("\(user)", "&model=\(model)").first)
            #expect(places(plain).map(\.id) == places(served).map(\.id))
            #expect(places(plain).allSatisfy { $0.reasons == nil })
        }
    }

    @Test func `both and the default are the same models in the same order`() throws {
        #expect(try printed("9", "both", []).map { $0["model"] as? String } == ["als", "knn"])
        #expect(try served("9", "&model=both").map { $0["model"] as? String } == ["als", "knn"])
        let (printed, served) = (try printed("9", nil, []), try served("9", ""))
        #expect(printed.map { $0["model"] as? String } == ["blend"] && places(printed[0]) == places(served[0]))
    }

    @Test func `the page of the newest run shows the lists of recommend`() throws {
        let page = try server.get("/recommendations/generated?per_page=70").json()
        let rows = try #require(page["items"] as? [[String: Any]])
        let user = try #require(rows.first?["user_id"] as? String)
        for model in Self.models {
            let kept = rows.filter { $0["user_id"] as? String == user && $0["model"] as? String == model }.prefix(5)
            let printed = try #require(try printed(user, model, ["--explain"]).first)
            try #require(kept.count == 5)
            for (row, place) in zip(kept, places(printed)) {
                #expect(row["item_id"] as? String == place.id && row["title"] as? String == place.title)
                #expect(row["unit"] as? String == printed["unit"] as? String)
                #expect(row["predicted_rating"] as? Double == place.rating)
                #expect(
                    row["score"] as? Double == place.score
                        || place.score != nil && abs((row["score"] as? Double ?? 0) - (place.score ?? 0)) < 1e-6)
                #expect(row["reasons"] as? [String] == place.reasons)
            }
        }
    }
}
