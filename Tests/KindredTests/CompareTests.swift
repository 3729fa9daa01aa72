import Foundation
import TestSupport
import Testing

struct CompareTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func compare(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(Program.url, ["compare"] + arguments)
    }

    /// The values of `metrics.csv` by "model fold metric", with the cut-off as in `ndcg@10`.
    private func metrics(_ folder: String) throws -> [String: Double] {
        let lines = try String(decoding: scratch.read("\(folder)/metrics.csv"), as: UTF8.self)
            .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        #expect(lines.first == ["model", "fold", "metric", "at", "value"])
        return Dictionary(
            uniqueKeysWithValues: lines.dropFirst().map { line in
                ("\(line[0]) \(line[1]) \(line[2])" + (line[3].isEmpty ? "" : "@\(line[3])"), Double(line[4]) ?? .nan)
            })
    }

    @Test func foldsOfTheSample() throws {
        let sample = projectRoot.appendingPathComponent("data/sample").path
        let outcome = try compare(sample, "--folds", "3", "--output", scratch.path("out"), "--json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let values = try metrics("out")
        #expect(values["als mean test_ratings"] == 25_000.0 / 3)
        for model in ["baseline", "als", "knn"] {
            let folds = (1...3).compactMap { values["\(model) \($0) rmse"] }
            let mean = try #require(values["\(model) mean rmse"])
            #expect(abs(folds.reduce(0, +) / 3 - mean) < 1e-12)
            #expect((0.7...1).contains(mean))
        }
        // Who is alike rates alike, so neighbors find more than popularity does.
        let knn = try #require(values["knn mean ndcg@10"])
        let popularity = try #require(values["popularity mean ndcg@10"])
        #expect(knn > popularity && popularity > 0)
        #expect(values["popularity mean rmse"] == nil && values["baseline mean ndcg@10"] == nil)
        let report = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
        #expect(
            (report?["models"] as? [[String: Any]])?.map { $0["model"] as? String } == [
                "baseline", "popularity", "als", "knn",
            ])
        #expect(try scratch.read("out/report.json") == Data(outcome.output.utf8))
    }

    @Test func threadsAndRunsDoNotShow() throws {
        let sample = projectRoot.appendingPathComponent("data/sample").path
        for (name, threads) in [("a", "1"), ("b", "2")] {
            let outcome = try compare(
                sample, "--holdout", "0.2", "--output", scratch.path(name), "--threads", threads, "--quiet")
            #expect(outcome.status == 0 && outcome.output.isEmpty)
        }
        let (one, two) = (try metrics("a"), try metrics("b"))
        for (key, value) in one where !key.contains("second") { #expect(two[key] == value, "\(key)") }
    }

    @Test func givenFoldsWithUnseenUsersAndItems() throws {
        try scratch.write("train.csv", "user,item,rating\n1,1,4\n1,2,2\n2,1,5\n2,2,1\n")
        try scratch.write("test.csv", "user,item,rating\n1,1,4\n9,1,5\n1,9,3\n9,9,3\n")
        let outcome = try compare(
            "--train", scratch.path("train.csv"), "--test", scratch.path("test.csv"), "--output", scratch.path("out"),
            "--models", "baseline,knn")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("mean of 1 fold\n") && outcome.output.contains("◂"))
        #expect(try metrics("out")["knn 1 cold_ratings"] == 3)
        #expect(try metrics("out")["knn 1 test_ratings"] == 4)
    }

    @Test func splitsWithoutRatingsAreNamed() throws {
        try scratch.write("r.csv", "user,item,rating\n1,1,4\n2,2,2\n")
        let outcome = try compare(scratch.path("r.csv"), "--holdout", "0.2", "--output", scratch.path("out"))
        #expect(outcome.status == 1 && outcome.errors.contains("fold 1 has no ratings to test on"))
        #expect(scratch.names == ["r.csv"])
    }
}
