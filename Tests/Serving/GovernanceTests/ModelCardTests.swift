import Foundation
import Governance
import Platform
import Ratings
import Store
import TestSupport
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

    /// A folder of a model as training writes it, in the ledger.
    private func folder(_ model: String, written: Int64) throws -> String {
        let files = [
            "model.json": #"{"model":"\#(model)","users":7,"items":1,"ratings":7,"loss":0.25}"#,
            "config.toml": "seed = 1\n\n[\(model)]\nrank = 4\niterations = 6\nregularization = 1.75\n",
        ]
        let folder = sample.scratch.path(model)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, text) in files {
            let place = "\(folder)/\(name)"
            try Data(text.utf8).write(to: URL(fileURLWithPath: place))
            try sample.store.record([
                Output(
                    kind: Output.model, place: place, written: written, sha256: sha256(Data(text.utf8)).hexadecimal,
                    holdsPeople: true)
            ])
        }
        return folder
    }

    @Test
    func `a model that was saved to a folder has a card of its own, by the version of the ratings it was fitted on`()
        throws
    {
        try sample.rate(4, by: 1...7, "one")
        let place = try folder("als", written: CatalogSample.now + 5)
        try sample.rate(4, by: 8...9, "two", now: CatalogSample.now + 10)
        _ = try folder("implicit", written: CatalogSample.now + 20)
        let catalog = try sample.catalog()
        #expect(catalog.models.map(\.model) == ["als", "implicit"] && catalog.models.map(\.dataVersion) == [1, 2])
        let card = try #require(catalog.models.first)
        #expect(card.parameters == "rank=4,iterations=6,regularization=1.75" && card.loss == 0.25 && card.ratings == 7)
        #expect(card.folder == place && card.run == nil && card.fitted == CatalogSample.now + 5)
        #expect(card.markdown.contains("fitted on version 1 of the ratings"))
        #expect(card.markdown.contains(try #require(card.checksum)) && card.page.contains("training loss 0.25"))
        #expect(catalog.lineage.reached(from: "output:\(place)/model.json", .up).map(\.id).contains("import:1"))
    }

    @Test func `a model that was removed or written anew by others has no card`() throws {
        try sample.rate(4, by: 1...7, "one")
        let (als, implicit) = (
            try folder("als", written: CatalogSample.now), try folder("implicit", written: CatalogSample.now)
        )
        try Data("{}".utf8).write(to: URL(fileURLWithPath: als + "/model.json"))
        #expect(try sample.catalog().models.map(\.folder) == [implicit])
        try FileManager.default.removeItem(atPath: implicit)
        #expect(try sample.catalog().models.isEmpty)
    }

    @Test func `a group of four users is hidden together with the next smallest`() throws {
        let card = try card(users: [("1-19", 9), ("20-49", 6), ("50-99", 4)])
        #expect(card.groups.map(\.group) == ["1-19", "1-19"])
    }
}
