import Foundation
import TestSupport
import Testing

/// What a comparison measures and writes.
struct CompareTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `five folds of the sample are compared`() throws {
        let outcome = try Comparing.run(sample, "--folds", "3", "--output", scratch.path("out"), "--json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let values = try Comparing.metrics(scratch, "out")
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
        let report = try outcome.json([String: Any].self)
        #expect(
            (report["models"] as? [[String: Any]])?.map { $0["model"] as? String } == [
                "baseline", "popularity", "als", "knn",
            ])
        #expect(try scratch.read("out/report.json") == Data(outcome.output.utf8))
    }

    /// Every model has the figures of what it can, and no others; each is where such a figure can be, and the same at any
    /// number of threads but for what tells seconds.
    @Test func `every model has its metrics at any number of threads`() throws {
        let (values, others) = (try compareAll("a", "--threads", "1"), try compareAll("b", "--threads", "2"))
        #expect(values.count == others.count)
        for (key, value) in values where !key.contains("second") { #expect(others[key] == value, "\(key)") }
        let predicting = ["rmse", "mae", "r_squared", "test_ratings", "cold_ratings", "predictions_per_second"]
        let calibrated = ["inside_50", "inside_80", "inside_95"]
        let counted = ["test_users", "skipped_users", "cold_users", "lists_per_second"]
        let listed = Comparing.listed.flatMap { metric in [5, 10, 20].map { "\(metric)@\($0)" } }
        for model in Comparing.models {
            var expected = ["fit_seconds", "model_bytes"]
            if !["popularity", "implicit", "ease"].contains(model) { expected += predicting }
            if model == "bayes" { expected += calibrated }
            if ["popularity", "implicit", "ease", "als", "bayes", "knn"].contains(model) {
                expected += listed + counted
            }
            for fold in ["1", "mean"] {
                let prefix = "\(model) \(fold) "
                let found = values.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
                #expect(found.sorted() == expected.sorted(), "\(model)")
                try expectPlausible { values[prefix + $0] }
            }
        }
    }

    /// - Parameter figure: the value of a figure by its name, nil where the model has none.
    private func expectPlausible(_ figure: (String) -> Double?) throws {
        for metric in Comparing.listed where figure("\(metric)@5") != nil {
            let values = try [5, 10, 20].map { try #require(figure("\(metric)@\($0)")) }
            #expect(values.allSatisfy { $0 >= 0 && ($0 <= 1 || metric == "novelty") }, "\(metric) \(values)")
            // Longer lists hold what shorter ones do.
            if ["recall", "hit_rate", "coverage", "mrr"].contains(metric) { #expect(values == values.sorted()) }
            if metric != "diversity" && metric != "novelty" { #expect(values[2] > 0) }
        }
        if let rmse = figure("rmse"), let mae = figure("mae"), let share = figure("r_squared") {
            #expect(0 < mae && mae <= rmse && rmse < 2 && share < 1)
            #expect(figure("test_ratings").map { $0 == $0.rounded() && $0 > 0 } == true)
        }
        if let narrow = figure("inside_50"), let middle = figure("inside_80"), let wide = figure("inside_95") {
            #expect(0 < narrow && narrow < middle && middle < wide && wide <= 1)
        }
        if let tested = figure("test_users"), let skipped = figure("skipped_users") { #expect(tested + skipped == 600) }
        #expect(figure("fit_seconds").map { $0 > 0 } == true && figure("model_bytes").map { $0 > 0 } == true)
    }

    private func compareAll(_ output: String, _ arguments: String...) throws -> [String: Double] {
        let outcome = try Program.run(
            Program.url,
            [
                "compare", sample, "--holdout", "0.2", "--models", Comparing.models.joined(separator: ","),
                "--als", "rank=4,iterations=2", "--implicit", "rank=4,iterations=2",
                "--bayes", "rank=4,samples=4,burn-in=2", "--output", scratch.path(output), "--quiet",
            ] + arguments)
        #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty, "\(outcome.errors)")
        return try Comparing.metrics(scratch, output)
    }

    private struct Report: Decodable {
        struct Model: Decodable {
            let model: String
            let mean: [String: Double]
            let folds: [[String: Double]]
        }

        let models: [Model]
        let options: [String: String]
        let version: String
    }

    /// `report.json` tells what `metrics.csv` does.
    @Test func `the report has the same metrics as the table`() throws {
        let outcome = try Comparing.run(
            sample, "--folds", "2", "--models", "bayes,popularity", "--samples", "3", "--burn-in", "0", "--rank", "2",
            "--seed", "5", "--output", scratch.path("out"), "--json")
        let report = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
        let options = report.options
        #expect(options["folds"] == "2" && options["seed"] == "5" && options["models"] == "bayes,popularity")
        #expect(options["source"] == sample && !report.version.isEmpty)
        var told: [String: Double] = [:]
        for model in report.models {
            for (fold, figures) in zip(["1", "2", "mean"], model.folds + [model.mean]) {
                for (metric, value) in figures { told["\(model.model) \(fold) \(metric)"] = value }
            }
        }
        #expect(try told == Comparing.metrics(scratch, "out"))
    }

    /// Small tests leave means over nobody, which are 0 and not NaN, so that the report can be read.
    @Test(arguments: ["1,1,3\n", "9,1,2\n1,9,2\n", "1,2,2\n9,9,2\n"])
    func `metrics over nobody are zero and not NaN`(_ test: String) throws {
        try scratch.write("train.csv", "user,item,rating\n1,1,4\n1,2,2\n2,1,5\n2,2,1\n")
        try scratch.write("test.csv", "user,item,rating\n" + test)
        let outcome = try Comparing.run(
            "--train", scratch.path("train.csv"), "--test", scratch.path("test.csv"), "--output", scratch.path("out"),
            "--models", Comparing.models.joined(separator: ","), "--samples", "4", "--json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try outcome.json([String: Any].self)["models"] != nil)
        #expect(try Comparing.metrics(scratch, "out").values.allSatisfy(\.isFinite))
    }
}

/// The command and what it writes.
enum Comparing {
    static let models = [
        "global", "user-mean", "item-mean", "baseline", "popularity", "als", "bayes", "knn", "implicit", "ease",
    ]
    static let listed = [
        "ndcg", "recall", "precision", "map", "mrr", "hit_rate", "coverage", "gini", "novelty", "diversity",
    ]

    static func run(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(Program.url, ["compare"] + arguments)
    }

    /// The values of `metrics.csv` by "model fold metric", with the cut-off as in `ndcg@10`.
    static func metrics(_ scratch: Scratch, _ folder: String) throws -> [String: Double] {
        let lines = try String(decoding: scratch.read("\(folder)/metrics.csv"), as: UTF8.self)
            .split(separator: "\n").map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        #expect(lines.first == ["model", "fold", "metric", "at", "value"])
        return Dictionary(
            uniqueKeysWithValues: lines.dropFirst().map { line in
                ("\(line[0]) \(line[1]) \(line[2])" + (line[3].isEmpty ? "" : "@\(line[3])"), Double(line[4]) ?? .nan)
            })
    }
}
