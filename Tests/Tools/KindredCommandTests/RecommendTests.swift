import Foundation
import TestSupport
import Testing

struct RecommendTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func ratings(_ extra: String = "") throws -> String { try scratch.sixUsers(extra) }

    private func recommend(_ arguments: [String]) throws -> Program.Outcome {
        try Program.run(Program.url, ["recommend"] + arguments)
    }

    /// The ids that each list recommends, by model.
    private func items(_ outcome: Program.Outcome) throws -> [String: [String]] {
        #expect(outcome.status == 0 && !outcome.errors.contains("Error"), "\(outcome.errors)")
        let lists = try outcome.json([[String: Any]].self).map { list in
            (
                list["model"] as? String ?? "",
                (list["items"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
            )
        }
        return Dictionary(uniqueKeysWithValues: lists)
    }

    /// What a user of the sample rated, as lines of item and rating.
    private func ratings(ofSampleUser user: String) throws -> [String] {
        try String(contentsOfFile: sample + "/ratings.csv", encoding: .utf8).split(separator: "\n")
            .map { $0.split(separator: ",").map(String.init) }.filter { $0[0] == user }.map { "\($0[1]),\($0[2])" }
    }

    /// Small fits, so that what is tested is the way to them.
    private let small = ["--rank", "5", "--iterations", "3", "--samples", "8", "--burn-in", "2"]

    /// User 1 is like 2 and 3, who rated an item that 1 has not; 4 to 6 are others.
    @Test(arguments: ["knn", "als", "both", "popularity", "bayes", "implicit", "ease"])
    func `recommendations are unseen items`(_ model: String) throws {
        let source = try ratings("2,7,5\n3,7,5\n")
        let outcome = try Program.run("recommend", source, "--user", "1", "--model", model, "--count", "2", "--json")
        let lists = try items(outcome)
        #expect(Set(lists.keys) == (model == "both" ? ["knn", "als"] : [model]))
        for (name, ids) in lists {
            #expect(ids.count == 2 && Set(ids).isDisjoint(with: ["0", "1", "2"]))
            if name == "knn" { #expect(ids.first == "7") }
        }
    }

    /// The file of --all has the list of each user, and ids that CSV has to escape come through.
    @Test(arguments: ["knn", "als", "popularity", "bayes", "implicit", "ease", "blend"])
    func `the file of all users has the list of each`(_ model: String) throws {
        let source = try ratings("2,7,5\n3,7,5\n\"a,b\",\"x\"\"y\",4\n\"a,b\",1,2\n")
        let options = [source, "--model", model, "--count", "3", "--json"] + small
        let all = try recommend(["--all", "--output", scratch.path("lists.csv"), "--threads", "2"] + options)
        #expect(all.status == 0, "\(all.errors)")
        let lines = String(decoding: try scratch.read("lists.csv"), as: UTF8.self).split(separator: "\n").map(
            String.init)
        #expect(lines.first == "user_id,rank,item_id,predicted_rating,score")
        let summary = try all.json([String: Any].self)
        #expect(summary["rows"] as? Int == lines.count - 1 && summary["users"] as? Int == 7)
        #expect(summary["model"] as? String == model && (summary["peak_memory_bytes"] as? Int ?? 0) > 0)
        for user in ["1", "2", "5", "a,b"] {
            let own = try items(try recommend(["--user", user] + options))[model] ?? []
            let field = user == "a,b" ? "\"a,b\"" : user
            let expected = own.enumerated().map { "\(field),\($0 + 1),\($1 == "x\"y" ? "\"x\"\"y\"" : $1)," }
            let found = lines.filter { $0.hasPrefix("\(field),") }
            #expect(found.count == expected.count && !own.isEmpty)
            for (line, start) in zip(found, expected) {
                let numbers = line.dropFirst(start.count).split(separator: ",", omittingEmptySubsequences: false)
                #expect(line.hasPrefix(start) && numbers.count == 2, "\(line)")
                #expect((Double(numbers[0]) != nil) == ["als", "bayes", "knn"].contains(model), "\(line)")
                #expect((Float(numbers[1]) != nil) == !["als", "bayes"].contains(model), "\(line)")
            }
        }
    }

    @Test func `a saved model gives all users the same lists`() throws {
        for model in ["als", "implicit", "bayes"] {
            let trained = try Program.run(
                Program.url, ["train", sample, "--model", model, "--output", scratch.path(model)] + small)
            #expect(trained.status == 0, "\(trained.errors)")
            let fitted = try recommend(
                [sample, "--all", "--model", model, "--output", scratch.path("fitted.csv"), "--quiet"] + small)
            let loaded = try recommend(
                [sample, "--all", "--factors", scratch.path(model), "--output", scratch.path("loaded.csv"), "--quiet"])
            #expect(fitted.status == 0 && loaded.status == 0, "\(fitted.errors) \(loaded.errors)")
            #expect(try scratch.read("fitted.csv") == scratch.read("loaded.csv"))
        }
    }

    @Test(arguments: [
        ["--all"], ["--user", "1", "--output", "x.csv"], ["--all", "--user", "1", "--output", "x.csv"],
        ["--all", "--output", "x.csv", "--explain"], ["--all", "--output", "x.csv", "--model", "both"],
    ])
    func `options that contradict --all are refused`(_ arguments: [String]) throws {
        #expect(try recommend([try ratings()] + arguments).status == 64)
    }

    @Test func `lists print as a table`() throws {
        let source = try ratings("2,7,5\n3,7,5\n")
        try scratch.write("movies.csv", "movieId,title,genres\n7,\"Seven, The (1995)\",Crime\n")
        let outcome = try Program.run("recommend", source, "--user", "1", "--model", "both", "--count", "9")
        #expect(outcome.output.split(separator: "\n").count == 5)
        #expect(outcome.output.contains("als, predicted rating") && outcome.output.contains("knn, predicted rating"))
        #expect(outcome.output.contains(#/  1 = \d\.\d\d  Seven, The \(1995\)/#))
        let unknown = try Program.run("recommend", source, "--user", "77")
        #expect(unknown.status == 1 && unknown.errors.contains("no user \"77\""))
    }

    /// A saved model recommends and explains as the one that is fitted on the spot.
    @Test(arguments: [
        ["als"], ["als", "--restarts", "2"], ["als", "--nonnegative"], ["als", "--validation", "0.2"], ["implicit"],
        ["implicit", "--relevant", "3"], ["bayes"], ["bayes", "--features"],
    ])
    func `a saved model recommends and explains the same`(_ model: [String]) throws {
        let options = small + model.dropFirst()
        let trained = try Program.run(
            Program.url, ["train", sample, "--model", model[0], "--output", scratch.path("m")] + options)
        #expect(trained.status == 0, "\(trained.errors)")
        for whom in [["--user", "7"], ["--rate", "1=5,2=1.5,30=4"]] {
            let fitted = try recommend([sample, "--model", model[0], "--explain", "--json"] + options + whom)
            let loaded = try recommend([sample, "--factors", scratch.path("m"), "--explain", "--json"] + whom)
            #expect(fitted.status == 0 && loaded.status == 0, "\(fitted.errors) \(loaded.errors)")
            #expect(fitted.output == loaded.output && fitted.output.count > 60)
        }
    }

    @Test(arguments: ["als", "bayes", "implicit", "ease", "knn", "popularity"])
    func `guests get items they have not rated`(_ model: String) throws {
        let file = try scratch.write("mine.csv", "item,rating\n30,4\n2,1.5\n1,5\n")
        let run = [sample, "--model", model, "--json", "--count", "395"] + small
        let pairs = try items(try recommend(run + ["--rate", "1=5,2=1.5,30=4"]))
        #expect(try items(try recommend(run + ["--ratings", file])) == pairs)
        let found = try #require(pairs[model])
        #expect(found.count == 395 && Set(found).count == 395 && Set(found).isDisjoint(with: ["1", "2", "30"]))
        // Other ratings of the same items give another order, but for what is the same for everybody.
        let other = try items(try recommend(run + ["--rate", "1=0.5,2=5,30=0.5"]))
        #expect((other[model] == found) == (model == "popularity"))
    }

    /// In these models a user is made from the ratings and the items alone, so a guest with the same ratings gets the same.
    @Test(arguments: ["als", "implicit", "ease", "popularity"])
    func `a guest with a user's ratings gets the user's list`(_ model: String) throws {
        let file = try scratch.write("mine.csv", try ratings(ofSampleUser: "7").shuffled().joined(separator: "\n"))
        let run = [sample, "--model", model, "--explain", "--count", "50"] + small
        let (user, guest) = (try recommend(run + ["--user", "7"]), try recommend(run + ["--ratings", file]))
        #expect(user.status == 0 && user.output == guest.output, "\(guest.errors)")
    }

    /// The models that fold in know a guest and a user in the same way; the test above holds them against each other.
    @Test(arguments: [
        ("--user", "knn"), ("--user", "bayes"), ("--rate", "als"), ("--rate", "bayes"), ("--rate", "implicit"),
        ("--rate", "ease"), ("--rate", "knn"), ("--rate", "popularity"),
    ])
    func `every model gives reasons`(_ whom: String, _ model: String) throws {
        let run =
            [sample, "--model", model, "--count", "4", "--explain", whom, whom == "--user" ? "7" : "1=5,2=4"] + small
        let explained = try recommend(run + ["--json"]).json([[String: Any]].self)
        let items = try #require(explained.first?["items"] as? [[String: Any]])
        #expect(items.count == 4)
        let text = try recommend(run).output
        for item in items {
            guard model != "popularity" else {
                #expect(item["reasons"] == nil && text.contains("popular with most users"))
                continue
            }
            let reasons = try #require(item["reasons"] as? [String])
            #expect((1...3).contains(reasons.count))
            for reason in reasons {
                #expect(text.contains("\n        \(reason)"))
                #expect(try reason.wholeMatch(of: pattern(model)) != nil, "\(reason)")
            }
        }
    }

    private func pattern(_ model: String) throws -> Regex<AnyRegexOutput> {
        let text =
            switch model {
            case "knn":
                #"\d+ of the \d+ people most like you rated it: [\d.]+ stars?( on average)?|popular with most users"#
            case "bayes": #"expected \d\.\d\d stars, give or take \d\.\d\d"#
            case "als": #"(because|although) you gave [\d.]+ to .+: [+−]\d\.\d\d stars|popular with most users"#
            default: #"(because|although) you gave [\d.]+ to .+: −?\d+ %|popular with most users"#
            }
        return try Regex(text)
    }

    @Test func `the best ranker answers where no model is named`() throws {
        let options = [sample, "--user", "7", "--count", "5", "--json"] + small
        let list = try #require(try recommend(options).json([[String: Any]].self).first)
        #expect(list["model"] as? String == "blend" && list["unit"] as? String == "score")
        #expect((list["score_meaning"] as? String)?.isEmpty == false)
        #expect(try recommend(options).output == recommend(options + ["--model", "blend"]).output)
    }

    @Test func `other users are named only with --show-users`() throws {
        let options = [sample, "--model", "knn", "--user", "7", "--count", "5"]
        #expect(try !recommend(options + ["--explain"]).output.contains(/user \d/))
        #expect(try recommend(options + ["--show-users"]).output.contains(/user \d+ gave it [\d.]+; similarity/))
    }
}
