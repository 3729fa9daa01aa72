import Foundation
import TestSupport
import Testing

/// Training that cannot be: a message with a remedy, exit code 1, and nothing left behind.
struct TrainFailureTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func train(_ source: String, _ arguments: [String]) throws -> Program.Outcome {
        try Program.run(Program.url, ["train", source, "--output", scratch.path("made/out")] + arguments)
    }

    private func expectFailure(
        _ source: String, _ arguments: [String], _ message: String, status: Int32 = 1
    ) throws {
        let before = scratch.names
        let outcome = try train(source, arguments)
        #expect(outcome.status == status && outcome.output.isEmpty)
        #expect(("\n" + outcome.errors).contains("\nError: ") && outcome.errors.contains(message), "\(outcome.errors)")
        #expect(scratch.names == before)
    }

    @Test(arguments: ["als", "implicit", "bayes"])
    func `a rank must be below users and items`(_ model: String) throws {
        let source = try scratch.sixUsers()
        for rank in [6, 7, 512] {
            try expectFailure(
                source, ["--model", model, "--rank", "\(rank)"],
                "rank is \(rank); for 6 users and 6 items it has to be below 6")
        }
        #expect(try train(source, ["--model", model, "--rank", "5", "--samples", "3"]).status == 0)
    }

    @Test(arguments: [
        (["--regularization=-1"], "regularization is -1.0; it has to be 0 to 1,000,000,000"),
        (
            ["--regularization=-0.01", "--model", "implicit"],
            "regularization is -0.01; it has to be 0 to 1,000,000,000"
        ),
        (["--regularization", "nan"], "regularization is nan"),
        (["--rank", "0"], "rank is 0; it has to be 1 to 512"),
        (["--rank", "513", "--model", "bayes"], "rank is 513; it has to be 1 to 512"),
        (["--iterations", "0"], "iterations is 0; it has to be 1 to 10,000"),
        (["--iterations", "\(Int.max)", "--model", "implicit"], "it has to be 1 to 10,000"),
        (["--restarts", "0"], "restarts is 0; it has to be 1 to 1,000"),
        (["--validation", "1"], "validation is 1.0; it has to be 0 to 0.99"),
        (["--samples", "1", "--model", "bayes"], "samples is 1; it has to be 2 to 100,000"),
        (["--burn-in=-1", "--model", "bayes"], "burn-in is -1; it has to be 0 to 100,000"),
    ])
    func `an option out of range is named`(_ arguments: [String], _ message: String) throws {
        try expectFailure(try scratch.sixUsers(), arguments, message, status: 64)
    }

    @Test func `a share too small for the ratings is said`() throws {
        try expectFailure(try scratch.sixUsers(), ["--validation", "0.01"], "no ratings to learn from")
    }

    @Test func `equal ratings are refused`() throws {
        let rows = (1...4).flatMap { user in (1...3).map { "\(user),\(user + $0),3\n" } }.joined()
        let source = try scratch.write("r.csv", "user,item,rating\n" + rows)
        for model in ["als", "bayes"] {
            try expectFailure(
                source, ["--model", model],
                "every rating is 3.0, so there is nothing to predict; use the model implicit, which ranks by who rated what"
            )
        }
        // The remedy helps: where all ratings are equal, each is a like.
        let remedied = try train(source, ["--model", "implicit"])
        #expect(
            remedied.status == 0 && remedied.output.contains("likes        ratings of 3 or more"), "\(remedied.errors)")
        try expectFailure(
            source, ["--model", "implicit", "--relevant", "4"],
            "no rating is 4.0 or more, the highest is 3.0; lower the minimum rating of a like")
    }

    @Test func `ratings without likes are refused`() throws {
        let source = try scratch.sixUsers()
        try expectFailure(source, ["--model", "implicit", "--relevant", "5.5"], "no rating is 5.5 or more")
        #expect(try train(source, ["--model", "implicit", "--relevant", "5"]).status == 0)
    }

    @Test func `a missing source or place is named`() throws {
        let source = try scratch.sixUsers()
        try expectFailure(scratch.path("none"), [], "there is no such file or folder")
        try expectFailure(try scratch.write("empty.csv", ""), [], "the file is empty")
        let blocked = try Program.run("train", source, "--output", source)
        #expect(blocked.status == 1 && blocked.errors.contains("a file of this name exists. Name a folder."))
    }

    @Test(arguments: [
        ["train"], ["train", "x"], ["train", "--output", "o"], ["train", "x", "--output", "o", "--model", "knn"],
        ["train", "x", "--output", "o", "--model", "implicit", "--warm-start", "y"],
        ["train", "x", "--output", "o", "--model", "bayes", "--warm-start", "y"],
        ["train", "x", "--output", "o", "--rank", "many"], ["train", "x", "--output", "o", "--threads", "0"],
        ["train", "x", "--output", "o", "--regularization", "-1"], ["train", "x", "--output", "o", "--seed=-1"],
        ["train", "x", "y", "--output", "o"],
    ])
    func `wrong usage exits with 64`(_ arguments: [String]) throws {
        let outcome = try Program.run(Program.url, arguments, in: scratch.url)
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("Usage: kindred train") && outcome.output.isEmpty)
        #expect(scratch.names.isEmpty)
    }
}
