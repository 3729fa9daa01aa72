import Foundation
import TestSupport
import Testing

/// What counts as a like follows the scale of the ratings, in every command that goes by likes.
struct LikesTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    /// Thirty users on 1…10: all but the newest love one item (10) and hate another (2); other items are mediocre.
    private func tens() throws -> String {
        var rows = ""
        for user in 1...30 {
            rows += "\(user),loved,\(9 + user % 2)\n\(user),hated,2\n\(user),m\(user % 4),6\n"
            if user % 3 == 0 { rows += "\(user),m4,1\n" }
        }
        return try scratch.write("tens.csv", "user,item,rating\n" + rows + "new,m0,6\nnew,m1,7\n")
    }

    /// Plays of 1 alone: item 0 by everyone, others by fewer and fewer.
    private func plays() throws -> String {
        var rows = ""
        for user in 1...24 {
            for item in 0..<8 where item == 0 || (user + item) % (item + 1) == 0 { rows += "\(user),\(item),1\n" }
        }
        return try scratch.write("plays.csv", "user,item,plays\n" + rows + "99,7,1\n99,6,1\n")
    }

    private func run(_ arguments: [String]) throws -> Program.Outcome {
        let outcome = try Program.run(Program.url, arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome
    }

    @Test(arguments: ["popularity", "implicit", "ease", "blend"])
    func `what is loved comes before what is hated on any scale`(_ model: String) throws {
        for whom in [["--user", "new"], ["--rate", "m0=6"]] {
            let arguments = ["recommend", try tens(), "--model", model] + whom
            #expect(try run(arguments).errors.contains("note: likes are ratings of 9 or more"))
            let outcome = try run(arguments + ["--json"])
            let list = try #require(try outcome.json([[String: Any]].self).first)
            let ids = try #require(list["items"] as? [[String: Any]]).map { $0["id"] as? String }
            let (loved, hated) = (ids.firstIndex(of: "loved"), ids.firstIndex(of: "hated"))
            #expect(try #require(loved) < #require(hated), "\(ids)")
            #expect(list["relevant"] as? Double == 9 && !outcome.errors.contains("likes are"))
        }
    }

    @Test(arguments: ["implicit", "ease", "blend", "knn", "popularity"])
    func `equal ratings are all likes`(_ model: String) throws {
        let outcome = try run([
            "recommend", plays(), "--columns", "user,item,plays", "--user", "99", "--model", model, "--json",
        ])
        let items = try #require(try outcome.json([[String: Any]].self).first?["items"] as? [[String: Any]])
        #expect(Set(items.compactMap { $0["id"] as? String }) == Set((0..<6).map(String.init)))
        #expect(Set(items.compactMap { $0["score"] as? Double }).count > 1, "the model tells items apart")
        guard model == "popularity" else { return }
        #expect(
            items.first?["id"] as? String == "0" && items.first?["score"] as? Double == 24, "everyone has played it")
    }

    /// The model that the explicit ones name works, so there is no circle.
    @Test(arguments: ["als", "bayes"])
    func `explicit models refuse equal ratings and name one that works`(_ model: String) throws {
        let source = try plays()
        func recommend(_ model: String) throws -> Program.Outcome {
            try Program.run(
                Program.url, ["recommend", source, "--columns", "user,item,plays", "--user", "99", "--model", model])
        }
        let refused = try recommend(model)
        #expect(refused.status == 1 && refused.errors.contains("use the model implicit"))
        #expect(try recommend("implicit").status == 0)
    }

    @Test func `a comparison says what is a like`() throws {
        let models = ["--models", "popularity,implicit,ease,blend", "--holdout", "0.3"]
        let outcome = try run(["compare", try tens(), "--output", scratch.path("out")] + models)
        #expect(outcome.output.contains("  Likes: ratings of 9 or more\n"))
        let report = try JSONSerialization.jsonObject(with: scratch.read("out/report.json")) as? [String: Any]
        #expect((report?["options"] as? [String: String])?["relevant"] == "9.0")
        let page = String(decoding: try scratch.read("out/report.html"), as: UTF8.self)
        #expect(page.contains("likes are ratings of 9 or more"))
        let chosen = try run(["compare", try tens(), "--output", scratch.path("six"), "--relevant", "6"] + models)
        #expect(chosen.output.contains("  Likes: ratings of 6 or more\n"))
        #expect(try scratch.read("six/metrics.csv") != scratch.read("out/metrics.csv"))
        // The file keeps the number, and repeats the run.
        let file = String(decoding: try scratch.read("out/config.toml"), as: UTF8.self)
        #expect(file.contains("relevant = 9.0\n"))
        let again = try run(
            ["compare", try tens(), "--output", scratch.path("again"), "--config", scratch.path("out/config.toml")]
                + models)
        #expect(again.output.contains("  Likes: ratings of 9 or more\n"))
        #expect(try scratch.read("again/config.toml") == scratch.read("out/config.toml"))
    }

    @Test func `a saved model keeps what it took for a like`() throws {
        let source = try tens()
        let outcome = try run(["train", source, "--model", "implicit", "--rank", "2", "--output", scratch.path("out")])
        #expect(outcome.output.contains("likes        ratings of 9 or more"))
        func json(_ name: String) throws -> [String: Any] {
            try #require(try JSONSerialization.jsonObject(with: scratch.read("out/\(name)")) as? [String: Any])
        }
        #expect((try json("model.json")["numbers"] as? [String: Double])?["relevant"] == 9)
        #expect((try json("configuration.json")["feedback"] as? [String: Double])?["threshold"] == 9)
        let list = try run(["recommend", source, "--user", "new", "--factors", scratch.path("out")])
        #expect(list.errors.contains("note: likes are ratings of 9 or more"))
        let als = try run(["train", source, "--rank", "2", "--output", scratch.path("als"), "--json"])
        #expect(try als.json([String: Any].self)["relevant"] == nil)
    }

    @Test func `tuning says what is a like and writes it`() throws {
        let outcome = try run(
            ["tune", try tens(), "--models", "ease", "--trials", "2", "--output", scratch.path("out")])
        #expect(outcome.output.contains("  Likes: ratings of 9 or more\n"))
        #expect(String(decoding: try scratch.read("out/config.toml"), as: UTF8.self).contains("relevant = 9.0\n"))
        #expect(
            String(decoding: try scratch.read("out/tuning.html"), as: UTF8.self).contains("likes: ratings of 9 or more")
        )
    }

    /// Plays that one listener stretches: said, with the remedy, unless someone chose.
    @Test func `rare likes are pointed out`() throws {
        var rows = ""
        for user in 1...30 {
            for item in 0..<6 { rows += "\(user),\((item + user) % 9),\(1 + (user * item) % 5)\n" }
        }
        let source = try scratch.write("plays.csv", "user,item,rating\n" + rows + "31,1,5000\n31,2,3\n")
        let arguments = ["recommend", source, "--user", "1", "--model", "popularity"]
        let note =
            "note: only 1 of 182 ratings are likes, 5000 or more; for plays and other counts choose a lower --relevant."
        #expect(try run(arguments).errors.contains(note))
        #expect(try !run(arguments + ["--relevant", "1"]).errors.contains("only"))
        let compared = [
            "compare", source, "--models", "popularity", "--holdout", "0.3", "--output", scratch.path("out"),
        ]
        #expect(try run(compared).errors.contains("are likes, 5000 or more"))
    }

    @Test(arguments: [
        ["recommend", "x", "--user", "1"], ["compare", "x", "--output", "o"], ["train", "x", "--output", "o"],
        ["tune", "x", "--output", "o"],
    ])
    func `a minimum that is no number exits with 64`(_ arguments: [String]) throws {
        let outcome = try Program.run(Program.url, arguments + ["--relevant", "nan"], in: scratch.url)
        #expect(outcome.status == 64 && outcome.errors.contains("relevant is nan; it has to be -1,000"))
    }
}
