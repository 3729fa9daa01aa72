import Factorization
import Foundation
import ModelFiles
import RatingFiles
import Ratings
import TestSupport
import Testing

/// Trained factors as numpy sees them.
@Suite(.enabled(if: Oracle.python != nil, "KINDRED_PYTHON names no Python"))
struct FactorizationOracleTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private struct Verdict: Decodable {
        let users: Int
        let worst: Double
        let predictions: [Double]
    }

    /// What the oracle tells of a model that it finds right.
    private func verdict(_ ratings: String, _ model: [String], pairs: [String] = []) throws -> Verdict {
        let trained = try Program.run(
            Program.url, ["train", ratings, "--output", scratch.path("m"), "--quiet", "--model"] + model)
        #expect(trained.status == 0, "\(trained.errors)")
        let outcome = try oracle(ratings, pairs)
        #expect(outcome.status == 0, "\(outcome.errors)")
        return try JSONDecoder().decode(Verdict.self, from: Data(outcome.output.utf8))
    }

    private func oracle(_ ratings: String, _ pairs: [String] = []) throws -> Program.Outcome {
        try Oracle.run("factorization.py", [ratings, scratch.path("m")] + pairs)
    }

    @Test(arguments: [
        ["als"], ["als", "--rank", "5", "--regularization", "0.3", "--restarts", "2"], ["implicit", "--rank", "24"],
        ["implicit", "--rank", "9", "--relevant", "2.5", "--regularization", "0.1"],
    ])
    func `the factors of every user solve their normal equations`(_ model: [String]) throws {
        let verdict = try verdict(sample + "/ratings.csv", model)
        #expect(verdict.users == 600 && verdict.worst < 1e-4)
    }

    @Test(
        .enabled(if: movieLens100K != nil, "MovieLens 100K is not beside the project"), arguments: ["als", "implicit"])
    func `the factors of every MovieLens user solve their normal equations`(_ model: String) throws {
        let verdict = try verdict((movieLens100K ?? "") + "/u.data", [model, "--iterations", "3"])
        print("\(model): rows are off by \(verdict.worst) at most")
        #expect(verdict.users == 943 && verdict.worst < 1e-4)
    }

    @Test func `predictions are sums of the saved arrays`() throws {
        let ratings = try RatingsReader().read(sample + "/ratings.csv").ratings
        let pairs = (0..<200).map { (user: 3 * $0, item: (7 * $0) % ratings.items.count) }
        let ids = pairs.flatMap { [ratings.users[$0.user], ratings.items[$0.item]] }
        let verdict = try verdict(sample + "/ratings.csv", ["als", "--restarts", "1"], pairs: ids)
        guard case .als(let model) = try ModelArchive.read(scratch.path("m"), for: ratings) else {
            Issue.record("the model is not als")
            return
        }
        #expect(verdict.predictions.count == pairs.count && Set(verdict.predictions).count > 150)
        for (pair, expected) in zip(pairs, verdict.predictions) {
            #expect(abs(model.prediction(user: pair.user, item: pair.item) - expected) < 1e-6)
        }
    }

    /// The oracle notices another λ and another factor, so it does hold the rows against their equations.
    @Test(arguments: ["als", "implicit"])
    func `the oracle notices another regularization and another factor`(_ model: String) throws {
        let ratings = sample + "/ratings.csv"
        _ = try verdict(ratings, [model, "--rank", "8", "--regularization", "2"])
        let configuration = try scratch.read("m/configuration.json")
        let text = String(decoding: configuration, as: UTF8.self)
        try scratch.write(
            "m/configuration.json", text.replacing("\"regularization\" : 2,", with: "\"regularization\" : 2.1,"))
        let penalty = try oracle(ratings)
        #expect(penalty.status == 1 && penalty.errors.contains("is off by"))
        try scratch.write("m/configuration.json", configuration)

        for name in ["user_factors", "item_factors"] {
            let factors = try scratch.read("m/\(name).npy")
            var changed = factors
            // The sign of the last factor of the last row.
            changed[changed.count - 1] ^= 0x80
            try scratch.write("m/\(name).npy", changed)
            let outcome = try oracle(ratings)
            #expect(outcome.status == 1 && outcome.errors.contains("is off by"), "\(name)")
            try scratch.write("m/\(name).npy", factors)
        }
        #expect(try oracle(ratings).status == 0)
    }
}
