import Foundation
import TestSupport
import Testing

/// How a comparison splits, held against splits made here of the rows of the file.
struct CompareSplitTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private struct Row {
        let user, item: Int
        let rating: Double
        let time: Int
    }

    private func rows() throws -> [Row] {
        try String(contentsOfFile: sample + "/ratings.csv", encoding: .utf8).split(separator: "\n").dropFirst()
            .map { line in
                let fields = line.split(separator: ",")
                return Row(
                    user: Int(fields[0]) ?? 0, item: Int(fields[1]) ?? 0, rating: Double(fields[2]) ?? .nan,
                    time: Int(fields[3]) ?? 0)
            }
    }

    /// What the program finds of a split must be what the rows tell: sizes, cold ones, and the error of the plain mean.
    private func expect(train: [Row], test: [Row], _ arguments: String...) throws {
        let outcome = try Program.run(
            Program.url,
            ["compare", sample, "--models", "global,popularity", "--output", scratch.path("out")] + arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let values = try Comparing.metrics(scratch, "out")
        let mean = train.reduce(0) { $0 + $1.rating } / Double(train.count)
        let squares = test.reduce(0) { $0 + ($1.rating - mean) * ($1.rating - mean) }
        let rmse = try #require(values["global 1 rmse"])
        #expect(abs(rmse - (squares / Double(test.count)).squareRoot()) < 1e-6)
        let (users, items) = (Set(train.map(\.user)), Set(train.map(\.item)))
        let testUsers = Set(test.map(\.user))
        #expect(values["global 1 test_ratings"] == Double(test.count))
        #expect(
            values["global 1 cold_ratings"]
                == Double(test.count { !users.contains($0.user) || !items.contains($0.item) })
        )
        #expect(values["popularity 1 cold_users"] == Double(testUsers.count { !users.contains($0) }))
        #expect(values["popularity 1 test_users"] == Double(Set(test.filter { $0.rating >= 4 }.map(\.user)).count))
        let report = try JSONSerialization.jsonObject(with: scratch.read("out/report.json")) as? [String: Any]
        let options = try #require(report?["options"] as? [String: String])
        #expect(options[String(arguments[0].dropFirst(2))] == arguments[1])
    }

    @Test(arguments: [1, 3, 25])
    func `leave-last-out tests the latest ratings of every user`(_ count: Int) throws {
        let byUser = Dictionary(grouping: try rows(), by: \.user).values.map { rows in
            let sorted = rows.sorted { ($0.time, $0.item) < ($1.time, $1.item) }
            return sorted.count > count ? (sorted.dropLast(count), sorted.suffix(count)) : (sorted[...], [])
        }
        #expect(count < 25 || byUser.contains { $0.1.isEmpty }, "some users have too few")
        try expect(
            train: byUser.flatMap { $0.0 }, test: byUser.flatMap { $0.1 }, "--leave-last-out", "\(count)")
    }

    @Test(arguments: [0.2, 0.75])
    func `a split by time tests the latest ratings of all`(_ share: Double) throws {
        let all = try rows()
        let cut = all.map(\.time).sorted()[all.count - Int(share * Double(all.count)) - 1]
        let (train, test) = (all.filter { $0.time <= cut }, all.filter { $0.time > cut })
        #expect(Set(test.map(\.user)).subtracting(train.map(\.user)).count > 50, "some users come later")
        try expect(train: train, test: test, "--time-split", "\(share)")
    }

    /// Who is tested is drawn, so only the sizes are known.
    @Test func `a holdout tests a share of every user`() throws {
        for (seed, name) in [("1", "a"), ("1", "b"), ("2", "c")] {
            let outcome = try Comparing.run(
                sample, "--models", "global,popularity", "--holdout", "0.13", "--seed", seed, "--output",
                scratch.path(name))
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let values = try ["a", "b", "c"].map { try Comparing.metrics(scratch, $0) }
        let sizes = Dictionary(grouping: try rows(), by: \.user).values.map { Int(0.13 * Double($0.count)) }
        #expect(values[0]["global 1 test_ratings"] == Double(sizes.reduce(0, +)))
        #expect(values[0]["popularity 1 cold_users"] == 0)
        #expect(values[0]["global 1 rmse"] == values[1]["global 1 rmse"])
        #expect(values[0]["global 1 rmse"] != values[2]["global 1 rmse"])
    }

    @Test func `given folds may have unseen users and items`() throws {
        try scratch.write("train.csv", "user,item,rating\n1,1,4\n1,2,2\n2,1,5\n2,2,1\n")
        try scratch.write("one.csv", "user,item,rating\n1,1,4\n9,1,5\n1,9,3\n9,9,3\n")
        try scratch.write("two.csv", "user,item,rating\n2,9,4\n8,2,1\n")
        let outcome = try Comparing.run(
            "--train", scratch.path("train.csv"), "--test", scratch.path("one.csv"), "--train",
            scratch.path("train.csv"), "--test", scratch.path("two.csv"), "--output", scratch.path("out"), "--models",
            Comparing.models.joined(separator: ","), "--samples", "4")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("mean of 2 folds\n") && outcome.output.contains("◂"))
        let values = try Comparing.metrics(scratch, "out")
        for model in ["global", "user-mean", "item-mean", "baseline", "als", "bayes", "knn"] {
            let counts = ["1", "2", "mean"].map {
                [values["\(model) \($0) test_ratings"], values["\(model) \($0) cold_ratings"]]
            }
            #expect(counts == [[4, 3], [2, 2], [3, 2.5]], "\(model)")
        }
        for model in ["popularity", "als", "bayes", "knn", "implicit", "ease"] {
            let counts = ["test_users", "skipped_users", "cold_users"].map { metric in
                ["1", "2"].map { values["\(model) \($0) \(metric)"] }
            }
            #expect(counts == [[2, 1], [0, 1], [1, 1]], "\(model)")
        }
        // Means are 4.5 and 1.5 by item, 3 by user and over all: the errors of the second fold by hand.
        #expect(values["item-mean 2 mae"] == 0.75 && values["global 2 mae"] == 1.5 && values["user-mean 2 mae"] == 1.5)
    }

    /// Text of one against numbers of the other, or columns swapped: nothing could be learned for the test.
    @Test func `IDs of training and test that do not meet are shown`() throws {
        try scratch.write("train.csv", "user,item,rating\n1,1,4\n1,2,2\n2,1,5\n3,9,1\n4,2,3\n")
        try scratch.write("users.csv", "user,item,rating\nu1,1,4\nu2,2,1\n")
        try scratch.write("items.csv", "user,item,rating\n1,a,4\n2,b,1\n3,c,2\n4,d,2\n")
        for (test, problem) in [
            (
                "users.csv",
                "no user of the test ratings is in the training ratings; training has 1, 2, 3, test has u1, u2."
            ),
            (
                "items.csv",
                "no item of the test ratings is in the training ratings; training has 1, 2, 9, test has a, b, c."
            ),
        ] {
            let outcome = try Comparing.run(
                "--train", scratch.path("train.csv"), "--test", scratch.path(test), "--output", scratch.path("a/out"),
                "--models", "global")
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            #expect(outcome.errors.contains("fold 1: \(problem) Use files with the same IDs"), "\(outcome.errors)")
            #expect(scratch.names == ["items.csv", "train.csv", "users.csv"])
        }
    }

    @Test func `test ratings that training has are pointed out`() throws {
        let rows = ["1,1,4\n", "1,2,2\n", "2,1,5\n", "2,2,1\n"]
        let train = try scratch.write("train.csv", "user,item,rating\n" + rows.joined())
        for (name, test, note) in [
            ("same", rows.joined(), "training has all 4 test ratings too, so error figures are of no use"),
            (
                "reversed", rows.reversed().joined(),
                "training has all 4 test ratings too, so error figures are of no use"
            ),
            (
                "some", rows[1] + "2,3,1\n",
                "training has 1 of the 2 test ratings too, so errors look smaller than they are"
            ),
            ("none", "1,3,2\n2,3,1\n1,4,1\n", nil),
        ] as [(String, String, String?)] {
            if note == nil { try scratch.write("train.csv", "user,item,rating\n" + rows.joined() + "3,4,2\n") }
            let path = try scratch.write("\(name).csv", "user,item,rating\n" + test)
            let outcome = try Comparing.run(
                "--train", train, "--test", path, "--output", scratch.path(name), "--models", "global")
            #expect(outcome.status == 0)
            if let note {
                #expect(outcome.errors.contains("note: fold 1: \(note)"), "\(outcome.errors)")
            } else {
                #expect(!outcome.errors.contains("test ratings too"), "\(outcome.errors)")
            }
            let report = String(decoding: try scratch.read("\(name)/report.json"), as: UTF8.self)
            #expect(report.contains("test ratings seen in training, fold 1") == (note != nil))
        }
    }

    @Test(arguments: [
        ["--leave-last-out", "1"], ["--time-split", "0.5"],
    ])
    func `a split by time needs timestamps`(_ split: [String]) throws {
        let source = try scratch.sixUsers()
        let outcome = try Program.run(Program.url, ["compare", source, "--output", scratch.path("a/out")] + split)
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("the ratings have no timestamps to split by; add a fourth column"))
        #expect(scratch.names == ["ratings.csv"])
    }

    @Test func `a split without ratings is named`() throws {
        let source = try scratch.write(
            "r.csv", "user,item,rating,timestamp\n1,1,4,70\n1,2,3,70\n2,2,2,70\n2,1,4,70\n")
        for (split, problem) in [
            (["--holdout", "0.2"], "test on; use fewer folds or a larger hold-out"),
            (["--leave-last-out", "2"], "test on; use fewer folds or a larger hold-out"),
            (["--time-split", "0.5"], "test on; use fewer folds or a larger hold-out"),
            (["--time-split", "0.1"], "test on; use fewer folds or a larger hold-out"),
        ] {
            let outcome = try Program.run(Program.url, ["compare", source, "--output", scratch.path("a/out")] + split)
            #expect(outcome.status == 1 && outcome.output.isEmpty)
            #expect(outcome.errors.contains("fold 1 has no ratings to \(problem)"), "\(outcome.errors)")
            #expect(scratch.names == ["r.csv"])
        }
        let tiny = try Comparing.run(sample, "--holdout", "0.001", "--output", scratch.path("out"))
        #expect(tiny.status == 1 && tiny.errors.contains("fold 1 has no ratings to test on"))
        #expect(scratch.names == ["r.csv"])
    }

    /// Any two ways to split at once, or a share that is none.
    @Test func `a wrong split exits with 64`() throws {
        let ways = [
            ["--folds", "3"], ["--holdout", "0.2"], ["--leave-last-out", "1"], ["--time-split", "0.2"],
            ["--train", "a", "--test", "b"],
        ]
        var wrong = ways.indices.flatMap { one in ways[..<one].map { ways[one] + $0 } }
        wrong += [
            ["--holdout", "0"], ["--holdout=-0.1"], ["--time-split", "1"], ["--time-split", "nan"],
            ["--leave-last-out", "0"], ["--train", "a", "--train", "b", "--test", "c"], ["--test", "c"],
            ["--models", "als,als"], ["--models", ""],
        ]
        for arguments in wrong {
            let source = arguments.contains("--train") ? [] : ["x"]
            let outcome = try Program.run(
                Program.url, ["compare", "--output", "o"] + source + arguments, in: scratch.url)
            #expect(outcome.status == 64, "\(arguments) \(outcome.errors)")
            #expect(outcome.errors.contains("Usage: kindred compare") && outcome.output.isEmpty)
        }
        #expect(scratch.names.isEmpty)
    }
}
