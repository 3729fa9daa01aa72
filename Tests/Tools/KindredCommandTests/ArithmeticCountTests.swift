import Foundation
import TestSupport
import Testing

/// What BLAS and LAPACK are asked for, counted by a library that is loaded before them, beside what the program says.
@Suite(.enabled(if: Oracle.has("cc"), "there is no C compiler for the counter"))
struct ArithmeticCountTests {
    let scratch: Scratch
    private let counter: String

    init() throws {
        scratch = try Scratch()
        counter = scratch.path("counter.so")
        let source = projectRoot.appendingPathComponent("Tests/oracles/blas_counter.c").path
        let built = try Program.run(
            URL(fileURLWithPath: "/usr/bin/env"), ["cc", "-O1", "-shared", "-fPIC", source, "-o", counter, "-ldl"])
        try #require(built.status == 0, "\(built.errors)")
    }

    private struct Counts: Decodable {
        let sgemm_multiply_adds: Int
        let dgemm_multiply_adds: Int
        let spotrf: Int
    }

    /// Runs the program, and gives what was counted and the `arithmetic` of its JSON.
    private func counted(_ arguments: [String]) throws -> (counts: Counts, arithmetic: [String: Any]) {
        let counts = scratch.path("counts.json")
        let outcome = try Program.run(
            URL(fileURLWithPath: "/usr/bin/env"),
            ["LD_PRELOAD=\(counter)", "KINDRED_COUNTS=\(counts)", Program.url.path] + arguments + ["--json"])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let summary: [String: Any] = try outcome.json()
        return (
            try JSONDecoder().decode(Counts.self, from: Data(contentsOf: URL(fileURLWithPath: counts))),
            try #require(summary["arithmetic"] as? [String: Any])
        )
    }

    private func products(_ arithmetic: [String: Any]) throws -> (multiplyAdds: Double, blasShare: Double) {
        let products = try #require(arithmetic["products"] as? [String: Any])
        return (
            try #require(products["multiply_adds"] as? Double), try #require(products["blas_share"] as? Double)
        )
    }

    private static let measures = [
        [], ["--measure", "centered"], ["--measure", "baseline"], ["--item-weights", "idf"], ["--min-support", "3"],
    ]

    /// Every multiply-add of the products, as the program counts them, is one of `sgemm`.
    @Test(arguments: measures)
    func `BLAS does every multiply-add of the products`(_ measure: [String]) throws {
        let (counts, arithmetic) = try counted(
            ["graph", sample, "--output", scratch.path("out"), "--products", "blas"] + measure)
        let (multiplyAdds, share) = try products(arithmetic)
        #expect(multiplyAdds > 1e6 && share == 1)
        #expect(Double(counts.sgemm_multiply_adds) >= 0.95 * multiplyAdds)
        #expect(counts.dgemm_multiply_adds == 0)
    }

    @Test func `Pearson is multiplied in double precision`() throws {
        let (counts, arithmetic) = try counted(
            ["graph", sample, "--output", scratch.path("out"), "--products", "blas", "--norms", "shared"]
                + ["--measure", "centered"])
        let (multiplyAdds, share) = try products(arithmetic)
        #expect(share == 1 && Double(counts.dgemm_multiply_adds) >= 0.95 * multiplyAdds)
    }

    @Test func `the sparse path never calls BLAS`() throws {
        let (counts, arithmetic) = try counted(
            ["graph", sample, "--output", scratch.path("out"), "--products", "lanes"])
        #expect(counts.sgemm_multiply_adds == 0)
        #expect(try products(arithmetic).blasShare == 0)
    }

    @Test func `the neighbors of one user come from BLAS`() throws {
        let run = ["neighbors", sample, "--user", "1", "--count", "5", "--json"]
        let (blas, lanes) = (
            try Program.run(Program.url, run + ["--products", "blas"]),
            try Program.run(Program.url, run + ["--products", "lanes"])
        )
        #expect(blas.status == 0 && blas.output == lanes.output)
    }

    /// One `potrf` for every row and half-step, of each restart.
    @Test(arguments: [("als", 3), ("implicit", 1)])
    func `LAPACK factors every row once in each half-step`(_ model: String, _ restarts: Int) throws {
        let options =
            model == "als" ? ["--als", "restarts=3,iterations=4"] : ["--implicit", "iterations=4,rank=32"]
        let (counts, arithmetic) = try counted(
            ["train", sample, "--model", model, "--output", scratch.path("model")] + options)
        let rows = try rowCount("users.csv") + rowCount("items.csv")
        #expect(counts.spotrf == rows * 4 * restarts)
        let factorizations = try #require(arithmetic["factorizations"] as? [String: Int])
        #expect(factorizations == ["lapack": counts.spotrf, "kernel": 0])
    }

    @Test func `the Cholesky kernel never calls LAPACK`() throws {
        let (counts, arithmetic) = try counted(
            ["train", sample, "--model", "als", "--output", scratch.path("model"), "--solver", "kernel"])
        #expect(counts.spotrf == 0)
        let factorizations = try #require(arithmetic["factorizations"] as? [String: Int])
        #expect(factorizations["lapack"] == 0 && factorizations["kernel"] ?? 0 > 0)
    }

    private func rowCount(_ file: String) throws -> Int {
        let text = try String(contentsOfFile: scratch.path("model") + "/" + file, encoding: .utf8)
        return text.split(separator: "\n").count - 1
    }

    /// Raw ratings: the same bytes of all files, whoever multiplies.
    @Test func `every way to multiply gives the same bytes`() throws {
        let shape = scratch.path("1m.csv")
        #expect(try Program.run("generate", "1m", "--output", shape, "--quiet").status == 0)
        for source in [shape] + [movieLens100K].compactMap({ $0 }) {
            let files = try ["auto", "blas", "lanes"].map { products in
                let folder = scratch.path(products)
                let outcome = try Program.run(
                    "graph", source, "--output", folder, "--products", products, "--format", "csv,npy", "--quiet")
                #expect(outcome.status == 0, "\(outcome.errors)")
                return try ["users.csv", "edges.csv", "communities.csv", "neighbors.npy", "neighbor_similarities.npy"]
                    .map { try Data(contentsOf: URL(fileURLWithPath: folder + "/" + $0)) }
            }
            #expect(files[1] == files[0] && files[2] == files[0])
        }
    }

    @Test func `version tells what a bug report needs`() throws {
        let outcome = try Program.run("version", "--json")
        let report: [String: Any] = try outcome.json()
        #expect(Set(report.keys) == ["version", "commit", "blas", "lapack", "sqlite", "processor_level"])
        let blas = try #require(report["blas"] as? [String: Any])
        #expect(blas["threads"] as? Int == 1 && blas["core"] as? String != "")
        for word in ["kindred", "BLAS", "LAPACK", "SQLite", "processor"] {
            #expect(try Program.run("version").output.contains(word))
        }
    }
}
