import Foundation
import TestSupport
import Testing

/// `kindred compare --factors`: models that were trained elsewhere join a comparison.
struct CompareFactorsTests {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        let text = try String(contentsOfFile: "\(sample)/ratings.csv", encoding: .utf8)
        let rows = text.split(separator: "\n").map { "\($0)\n" }
        // The sample is sorted by user: all are in both parts.
        try scratch.write(
            "train.csv", rows[0] + rows.dropFirst().enumerated().filter { $0.0 % 6 > 0 }.map(\.1).joined())
        try scratch.write(
            "test.csv", rows[0] + rows.dropFirst().enumerated().filter { $0.0 % 6 == 0 }.map(\.1).joined())
    }

    private func train(_ source: String, _ folder: String) throws {
        let outcome = try Program.run(
            "train", source, "--model", "als", "--als", "rank=4,iterations=2,restarts=1", "--output",
            scratch.path(folder), "--quiet")
        try #require(outcome.status == 0, "\(outcome.errors)")
    }

    private func compare(_ arguments: String...) throws -> Program.Outcome {
        try Program.run(
            Program.url,
            [
                "compare", "--train", scratch.path("train.csv"), "--test", scratch.path("test.csv"), "--models", "als",
                "--als", "rank=4,iterations=2,restarts=1", "--output", scratch.path("out"),
            ] + arguments)
    }

    @Test func `saved models have the figures of the same models fitted here`() throws {
        try train(scratch.path("train.csv"), "cluster")
        let folder = scratch.path("cluster")
        let outcome = try compare("--factors", "spark.als=\(folder)", "--factors", "a-second_and_longer.name=\(folder)")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let values = try Comparing.metrics(scratch, "out")
        let own = values.filter { $0.key.hasPrefix("als 1 ") && !$0.key.contains("second") }
        #expect(own.count > 30)
        for (key, value) in own {
            #expect(values["spark.als" + key.dropFirst(3)] == value, "\(key)")
            #expect(values["a-second_and_longer.name" + key.dropFirst(3)] == value, "\(key)")
        }
        #expect(values["als 1 fit_seconds"] != nil && values["spark.als 1 fit_seconds"] == nil)
        #expect(outcome.output.contains("rmse als − a-second_and_longer.name"))
        let page = String(decoding: try scratch.read("out/report.html"), as: UTF8.self)
        #expect(page.contains("spark.als") && page.contains("a-second_and_longer.name"))
        let report = try JSONSerialization.jsonObject(with: scratch.read("out/report.json")) as? [String: Any]
        let options = report?["options"] as? [String: String]
        #expect(options?["factors"] == "spark.als=\(folder) a-second_and_longer.name=\(folder)")
    }

    @Test func `a model of other ratings is refused`() throws {
        try train(sample, "cluster")
        let outcome = try compare("--factors", "x=\(scratch.path("cluster"))")
        // The rows left out of training are all those of some item.
        #expect(outcome.status == 1 && outcome.errors.contains("the model was fitted on other users or items"))
        #expect(!scratch.names.contains("out"))
        let missing = try compare("--factors", "x=\(scratch.path("missing"))")
        #expect(missing.status == 1 && missing.errors.contains("model.json: there is no such file"))
    }

    @Test(arguments: [
        ["--factors", "als=x"], ["--factors", "a=x", "--factors", "a=y"], ["--factors", "x"], ["--factors", "=x"],
        ["--factors", "a="], ["--factors", "a b=x"], ["--factors", "\(String(repeating: "n", count: 25))=x"],
        ["--factors", "a=x", "--train", "t", "--test", "u"],
    ])
    func `wrong names and several folds are refused`(_ arguments: [String]) throws {
        let outcome = try Program.run(
            Program.url,
            ["compare", "--train", "train.csv", "--test", "test.csv", "--models", "als", "--output", "out"] + arguments,
            in: scratch.url)
        #expect(outcome.status == 64 && !scratch.names.contains("out"), "\(outcome.errors)")
    }

    @Test func `a source that is split here is refused`() throws {
        let outcome = try Program.run("compare", sample, "--factors", "a=x", "--output", scratch.path("out"))
        #expect(outcome.status == 64 && outcome.errors.contains("--factors goes with one pair of --train and --test"))
    }
}
