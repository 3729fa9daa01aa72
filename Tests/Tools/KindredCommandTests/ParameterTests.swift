import Foundation
import TestSupport
import Testing

/// Options that belong to a model, and files of them.
struct ParameterTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func compare(_ output: String, _ arguments: String...) throws -> Program.Outcome {
        try Program.run(
            Program.url, ["compare", sample, "--holdout", "0.2", "--output", scratch.path(output)] + arguments)
    }

    /// `metrics.csv` but for what tells seconds.
    private func figures(_ output: String) throws -> [String] {
        String(decoding: try scratch.read("\(output)/metrics.csv"), as: UTF8.self).split(separator: "\n")
            .filter { !$0.contains("second") }.map(String.init)
    }

    @Test func `a comparison is repeated from its config file`() throws {
        let models = "als,knn,blend,bayes,baseline"
        let first = try compare(
            "a", "--models", models, "--als", "rank=5,regularization=1.5", "--als", "iterations=3", "--knn",
            "neighbors=20,measure=centered", "--implicit", "rank=8,iterations=2", "--blend", "regularization=100",
            "--bayes", "samples=4,burn-in=2", "--baseline", "user-regularization=5", "--seed", "9", "--relevant", "3.5")
        #expect(first.status == 0, "\(first.errors)")
        let config = scratch.path("a/config.toml")
        #expect(try compare("b", "--models", models, "--config", config).status == 0)
        #expect(try figures("a") == figures("b"))
        #expect(try scratch.read("a/config.toml") == scratch.read("b/config.toml"))
        // The other way round nothing is the same.
        #expect(try compare("c", "--models", models, "--samples", "4").status == 0)
        #expect(try figures("a") != figures("c"))
        // The command line counts more than the file.
        let other = try compare("d", "--models", "als", "--config", config, "--als", "rank=4", "--seed", "2", "--json")
        let options = try #require(try other.json([String: Any].self)["options"] as? [String: String])
        #expect(options["als"]?.hasPrefix("rank=4,regularization=1.5,") == true && options["seed"] == "2")
        #expect(options["als"]?.hasSuffix("seed=2") == true && options["relevant"] == "3.5" && options["knn"] == nil)
        let page = String(decoding: try scratch.read("d/report.html"), as: UTF8.self)
        #expect(page.contains("rank=4,regularization=1.5,"))
    }

    @Test(arguments: ["als", "implicit", "bayes"])
    func `a model is fitted again from its config file`(_ model: String) throws {
        let common = ["train", sample, "--model", model, "--output"]
        let options = ["--rank", "4", "--samples", "5", "--burn-in", "1", "--iterations", "2", "--seed", "4"]
        #expect(try Program.run(Program.url, common + [scratch.path("a")] + options).status == 0)
        let config = ["--config", scratch.path("a/config.toml")]
        #expect(try Program.run(Program.url, common + [scratch.path("b")] + config).status == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: scratch.path("a"))
        #expect(names.contains("config.toml") && names.count > 5)
        for name in names { #expect(try scratch.read("a/\(name)") == scratch.read("b/\(name)"), "\(name)") }
    }

    /// An option of its own and one without a model say the same where there is one model.
    @Test func `options without a model stand for the only model`() throws {
        #expect(
            try compare("a", "--models", "als,baseline", "--rank", "4", "--iterations", "2", "--regularization", "1")
                .status == 0)
        #expect(
            try compare("b", "--models", "als,baseline", "--als", "rank=4,iterations=2,regularization=1").status == 0)
        #expect(try figures("a") == figures("b"))
    }

    @Test(arguments: [
        (
            ["--models", "als,implicit", "--regularization", "2"],
            "write --als regularization=2.0 or --implicit regularization=2.0"
        ),
        (["--models", "bayes,blend", "--rank", "4"], "write --bayes rank=4 or --implicit rank=4"),
        (["--als", "rnk=2"], "--als: als has no parameter \"rnk\"; it has rank, regularization, bias-regularization"),
        (["--knn", "neighbors=many"], "--knn: neighbors is many; it has to be a whole number"),
        (["--knn", "neighbors=0"], "--knn: neighbors is 0; it has to be 1 to 1,000,000"),
        (["--bayes", "rank"], "--bayes: \"rank\" is not name=value, as in rank=12"),
        (["--ease", "regularization=nan"], "--ease: regularization is nan; it has to be 1e-09 to 1,000,000,000"),
    ])
    func `a wrong option is named`(_ arguments: [String], _ message: String) throws {
        let outcome = try Program.run(
            Program.url, ["compare", sample, "--output", scratch.path("out")] + arguments)
        #expect(outcome.status == 64 && outcome.errors.contains(message), "\(outcome.errors)")
        #expect(scratch.names.isEmpty)
    }

    @Test(arguments: [
        ("[als]\nrnk = 2\n", "[als] als has no parameter \"rnk\"; it has rank, regularization"),
        ("[als]\nrank = 0\n", "[als] rank is 0; it has to be 1 to 512"),
        ("[magic]\nrank = 3\n", "\"magic\". There are baseline, als, bayes, knn, implicit, ease, blend."),
        ("rank = 3\n", "there is no setting \"rank\". Seed and relevant come first"),
        ("[als]\niterations = \(Int.max)\n", "[als] iterations is \(Int.max); it has to be 1 to 10,000"),
        ("[knn]\nshrinkage = 1e30\n", "[knn] shrinkage is 1e+30; it has to be 0 to 1,000,000,000"),
        ("relevant = 1e30\n", "relevant is 1e+30; it has to be"),
        ("seed = -1\n", "seed is -1; it has to be a whole number, 0 or more"),
    ])
    func `a wrong config file is named`(_ text: String, _ message: String) throws {
        let path = try scratch.write("c.toml", text)
        for command in [["compare", "--output", scratch.path("out")], ["recommend", "--user", "1"]] {
            let outcome = try Program.run(Program.url, [command[0], sample, "--config", path] + command.dropFirst())
            #expect(outcome.status == 1 && outcome.errors.contains("\(path): "), "\(outcome.errors)")
            #expect(outcome.errors.contains(message), "\(outcome.errors)")
        }
        #expect(scratch.names == ["c.toml"])
    }

    @Test func `recommend takes the same parameters`() throws {
        let path = try scratch.write("c.json", "{\"als\": {\"rank\": 3}}")
        func list(_ arguments: String...) throws -> String {
            try Program.run(
                Program.url, ["recommend", sample, "--user", "7", "--model", "als", "--json"] + arguments
            ).output
        }
        let three = try list("--als", "rank=3")
        #expect(try three == list("--config", path) && three == list("--rank", "3"))
        #expect(try three != list())
    }
}
