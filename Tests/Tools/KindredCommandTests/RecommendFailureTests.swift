import Foundation
import TestSupport
import Testing

/// Recommendations that cannot be: a message that names the place and the remedy.
struct RecommendFailureTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func expectFailure(_ arguments: [String], _ messages: String...) throws {
        let outcome = try Program.run(Program.url, ["recommend"] + arguments)
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        for message in messages { #expect(outcome.errors.contains(message), "\(outcome.errors)") }
    }

    @Test(arguments: ["als", "implicit", "bayes"])
    func `damaged models are named`(_ model: String) throws {
        let trained = try Program.run(
            "train", sample, "--model", model, "--rank", "3", "--iterations", "1", "--samples", "2", "--burn-in", "0",
            "--output", scratch.path("m"))
        #expect(trained.status == 0, "\(trained.errors)")
        let whom = ["--user", "7", "--factors", scratch.path("m")]
        let array = model == "bayes" ? "item_covariances.npy" : "item_factors.npy"
        for name in ["model.json", "configuration.json", array] {
            let whole = try scratch.read("m/\(name)")
            var flipped = whole
            flipped[whole.count / 2] ^= 1
            for damaged in [whole.prefix(whole.count / 2), flipped] {
                try scratch.write("m/\(name)", damaged)
                try expectFailure([sample] + whom, scratch.path("m/\(name): "), "Retrain the model.")
            }
            try FileManager.default.removeItem(atPath: scratch.path("m/\(name)"))
            try expectFailure([sample] + whom, "m/\(name): there is no such file", "kindred train SOURCE")
            try scratch.write("m/\(name)", whole)
        }
        try expectFailure(
            [try scratch.sixUsers(), "--user", "1", "--factors", scratch.path("m")], "m/model.json: ",
            "other users or items (600 and 398) than these (6 and 6)", "train a model on these")
        #expect(try Program.run(Program.url, ["recommend", sample] + whom).status == 0)
    }

    @Test func `faults in a guest's ratings are named`() throws {
        let source = try scratch.sixUsers()
        let mine = try scratch.write("mine.csv", "item,rating\n1,4\n7,5\n")
        try expectFailure([source, "--ratings", mine], "mine.csv:3: there is no item \"7\"", "10, 11, 12, 2, 1")
        try expectFailure([source, "--ratings", scratch.path("none.csv")], "none.csv: there is no such file")
        try expectFailure([source, "--rate", "1=4,2=9"], "rating 9 of item 2 is off the scale", "from 1.0 to 5.0")
        try expectFailure([source, "--rate", "1=4,1=4"], "item 1 is rated twice")
        try expectFailure([source, "--rate", ""], "is not item=rating", "such as 50=5,181=4")
        try expectFailure([source, "--user", "07"], "there is no user \"07\"", "The nearest ids are 1, 2, 3, 4, 5.")
        #expect(scratch.names == ["mine.csv", "ratings.csv"])
    }

    /// A fit fails as it does for `train`.
    @Test func `faults of the fit are named`() throws {
        let source = try scratch.sixUsers()
        for model in ["als", "implicit", "bayes"] {
            try expectFailure([source, "--user", "1", "--model", model, "--rank", "6"], "rank is 6", "below 6")
        }
        for model in ["implicit", "ease"] {
            try expectFailure([source, "--user", "1", "--model", model, "--relevant", "6"], "no rating is 6.0 or more")
        }
    }

    @Test(arguments: [
        ["x"], ["x", "--user", "1", "--rate", "1=2"], ["x", "--rate", "1=2", "--ratings", "y"],
        ["x", "--user", "1", "--count", "0"], ["x", "--user", "1", "--model", "magic"],
        ["x", "--user", "1", "--model", "als", "--regularization=-1"],
        ["x", "--user", "1", "--model", "ease", "--regularization=0"],
        ["x", "--user", "1", "--factors", "m", "--model", "als"], ["--user", "1"], ["x", "--user"],
    ])
    func `wrong usage exits with 64`(_ arguments: [String]) throws {
        let outcome = try Program.run(Program.url, ["recommend"] + arguments, in: scratch.url)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("Usage: kindred recommend") && outcome.output.isEmpty)
    }
}
