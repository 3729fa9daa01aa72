import Foundation
import TestSupport
import Testing

struct TrainTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func train(_ source: String, _ output: String, _ arguments: [String]) throws -> Program.Outcome {
        try Program.run(Program.url, ["train", source, "--output", scratch.path(output)] + arguments)
    }

    private func files(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scratch.path(folder)).sorted()
    }

    private func losses(_ outcome: Program.Outcome) throws -> [Double] {
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try #require(try outcome.json([String: Any].self)["losses"] as? [Double])
    }

    @Test("15.13: a saved model is for its owner alone, and stays as open as it was made")
    func modes() throws {
        func modes() throws -> Set<Int> {
            Set(
                try files("out").compactMap { name in
                    let path = scratch.path("out/\(name)")
                    return (try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? NSNumber)?
                        .intValue
                })
        }
        let quick = ["--rank", "2", "--iterations", "1", "--restarts", "1", "--quiet"]
        #expect(try train(sample, "out", quick).status == 0)
        #expect(try modes() == [0o600])
        for name in try files("out") {
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o640], ofItemAtPath: scratch.path("out/\(name)"))
        }
        #expect(try train(sample, "out", quick).status == 0)
        #expect(try modes() == [0o640])
    }

    /// The help names every file that is written, and every file that the help names is written.
    @Test(arguments: ["als", "implicit", "bayes"])
    func `train writes the files that its help names`(_ model: String) throws {
        let arguments = ["--model", model, "--rank", "4", "--iterations", "2", "--samples", "3", "--burn-in", "1"]
        let outcome = try train(sample, "out", arguments)
        #expect(outcome.status == 0 && !outcome.errors.contains("note: "), "\(outcome.errors)")
        #expect(outcome.output.contains("\(model) of rank 4, \(model == "bayes" ? 4 : 2) iterations"))
        #expect(outcome.output.contains("Written to \(scratch.path("out"))"))
        #expect(scratch.names == ["out"])

        let help = try Program.run("train", "--help").output
        let section = try #require(help.firstMatch(of: /WRITES\n((?:.+\n)+)/)?.1)
        let named = Set(section.matches(of: /[\w*]+\.(?:json|toml|csv|npy)/).map { String($0.0) })
        let written = try files("out")
        #expect(named == ["model.json", "configuration.json", "config.toml", "users.csv", "items.csv", "*.npy"])
        #expect(Set(written.map { $0.hasSuffix(".npy") ? "*.npy" : $0 }) == named)

        for (name, header, count) in [("users.csv", "user_id", 600), ("items.csv", "item_id", 398)] {
            let lines = try String(decoding: scratch.read("out/\(name)"), as: UTF8.self).split(separator: "\n")
            let ids = lines.dropFirst().compactMap { Int($0) }
            #expect(lines.first == Substring(header) && ids.count == count && ids == Set(ids).sorted())
        }
    }

    @Test(arguments: ["als", "implicit", "bayes"])
    func `the result is printed as JSON`(_ model: String) throws {
        let arguments = ["--model", model, "--rank", "4", "--iterations", "3", "--samples", "4", "--burn-in", "2"]
        let outcome = try train(sample, "out", arguments + ["--json"])
        let steps = try losses(outcome)
        let summary = try outcome.json([String: Any].self)
        let keys: Set = [
            "model", "rank", "iterations", "seconds_per_iteration", "loss", "losses", "peak_memory_bytes", "solver",
            "arithmetic",
        ]
        #expect(Set(summary.keys) == (model == "implicit" ? keys.union(["relevant"]) : keys))
        #expect(summary["solver"] as? String == "lapack")
        #expect(summary["model"] as? String == model && summary["rank"] as? Int == 4)
        #expect(summary["iterations"] as? Int == (model == "bayes" ? 6 : 3))
        #expect((1e-6...10).contains(try #require(summary["seconds_per_iteration"] as? Double)))
        #expect((1_000_000...1_000_000_000).contains(try #require(summary["peak_memory_bytes"] as? Int)))
        // Two half-steps a round, or one draw a sweep.
        #expect(steps.count == 6 && steps.last == summary["loss"] as? Double)
        #expect(steps.allSatisfy { $0.isFinite && $0 > 0 })
        if model != "bayes" {
            for (before, after) in zip(steps, steps.dropFirst()) { #expect(after <= before * (1 + 1e-6)) }
        }
        let quiet = try train(sample, "out", arguments + ["--quiet"])
        #expect(quiet.status == 0 && quiet.output.isEmpty && quiet.errors.isEmpty)
    }

    @Test(arguments: [
        ["--model", "als", "--restarts", "2", "--validation", "0.1"], ["--model", "als", "--nonnegative"],
        ["--model", "implicit"], ["--model", "bayes", "--features", "--samples", "6", "--burn-in", "2"],
    ])
    func `factors have the same bytes at any number of threads`(_ arguments: [String]) throws {
        let options = arguments + ["--rank", "6", "--iterations", "3", "--json"]
        let runs = try [("a", "1"), ("b", "2")].map { name, threads in
            try losses(try train(sample, name, options + ["--threads", threads]))
        }
        #expect(runs[0] == runs[1])
        let names = try files("a")
        #expect(try names == files("b"))
        for name in names where !name.hasSuffix(".json") {
            #expect(try scratch.read("a/\(name)") == scratch.read("b/\(name)"), "\(name)")
        }
        // Another seed shows.
        _ = try losses(try train(sample, "c", options + ["--seed", "2"]))
        let factors = names.contains("user_factors.npy") ? "user_factors.npy" : "user_means.npy"
        #expect(try scratch.read("a/\(factors)") != scratch.read("c/\(factors)"))
    }

    /// Three rounds and one more from where they ended are four rounds, to the last bit.
    @Test(arguments: [[], ["--nonnegative"], ["--restarts", "2"]])
    func `a warm start continues to the last bit`(_ options: [String]) throws {
        func run(_ name: String, _ iterations: Int, _ more: String...) throws -> [Double] {
            try losses(try train(sample, name, options + ["--iterations", "\(iterations)", "--json"] + more))
        }
        let first = try run("first", 3, "--rank", "6")
        let further = try run("further", 1, "--warm-start", scratch.path("first"))
        let whole = try run("whole", 4, "--rank", "6")
        let last = try #require(first.last)
        #expect(further.count == 2 && further[0] <= last * (1 + 1e-6) && further[0] < whole[0])
        #expect(Array(whole.suffix(2)) == further)
        for name in try files("whole") where name.hasSuffix(".npy") {
            #expect(try scratch.read("whole/\(name)") == scratch.read("further/\(name)"), "\(name)")
        }
    }

    @Test func `a warm start of another shape is refused`() throws {
        for model in ["als", "implicit"] {
            _ = try train(sample, model, ["--model", model, "--rank", "3", "--iterations", "1"])
        }
        let others = try scratch.sixUsers()
        try scratch.write("damaged/model.json", "{}")
        let before = scratch.names
        for (source, start, options, problem) in [
            (sample, "implicit", [], "the model is implicit; als goes on from als only. Train without --warm-start."),
            (others, "als", [], "the model was fitted on other users or items"),
            (sample, "als", ["--rank", "4"], "the factors to start from are 600 × 3 and 398 × 3"),
            (sample, "none", [], "none/model.json: there is no such file"),
            (sample, "damaged", [], "damaged/model.json: it is not the description of a model"),
        ] {
            let outcome = try train(source, "out", ["--warm-start", scratch.path(start)] + options)
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            #expect(outcome.errors.contains(problem), "\(outcome.errors)")
            #expect(scratch.names == before)
        }
    }
}
