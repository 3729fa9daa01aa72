import Foundation
import Governance
import Ratings
import Store
import Testing

struct ModelCardTests {
    private let sample: CatalogSample

    init() throws { sample = try CatalogSample() }

    /// The card of als in a run whose comparison has groups of some sizes.
    private func card(users: [(bucket: String, count: Int)]) throws -> ModelCard {
        try sample.rate(4, by: 1...7, "one")
        func list(_ count: (Int) -> Int) -> String {
            users.map { #"{"bucket":"\#($0.bucket)","count":\#(count($0.count)),"value":0.5}"# }.joined(separator: ",")
        }
        let comparison = """
            {"models":[{"model":"als","rmse_by_activity":[\(list { 10 * $0 })],"ndcg_by_activity":[\(list { $0 })]}]}
            """
        let run = StoredRun(
            kind: "refresh", started: CatalogSample.now, seconds: 1, ratings: 7, options: #"{"models":"als"}"#,
            version: "test", metrics: [.init(model: "als", metric: "rmse", value: 0.9)], comparison: .own)
        var result = RunResult(users: Vocabulary([]), items: Vocabulary([]))
        result.files = [("comparison.json", Data(comparison.utf8))]
        try sample.store.save(run, result)
        return try #require(try sample.catalog().models.first)
    }

    @Test func `metrics appear by group of users, and the run that compared is named`() throws {
        let card = try card(users: [("1-19", 9), ("20-49", 5)])
        #expect(card.groups.map(\.group) == ["1-19", "20-49", "1-19", "20-49"] && card.comparedRun == 1)
        #expect(card.groups.map(\.count) == [90, 50, 9, 5])
        #expect(card.markdown.contains("| nDCG@10 by number of the user's ratings | 20-49 | 5 | 0.5 |"))
        #expect(card.page.contains("20-49"))
    }

    @Test func `a group of four users is hidden together with the next smallest`() throws {
        let card = try card(users: [("1-19", 9), ("20-49", 6), ("50-99", 4)])
        #expect(card.groups.map(\.group) == ["1-19", "1-19"])
    }
}
