import Foundation
import TestSupport
import Testing

/// The golden values of the design page, through the program.
@Suite(.enabled(if: movieLens100K != nil, "MovieLens 100K is not beside the project"))
struct MovieLensTests {
    let source = movieLens100K ?? ""
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func summary(_ arguments: String...) throws -> [String: Any] {
        let outcome = try Program.run(
            Program.url, ["graph", source, "--output", scratch.path("out"), "--json"] + arguments)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let json = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        return try #require(json as? [String: Any])
    }

    @Test func `the graph has the golden values`() throws {
        let summary = try summary("--neighbors", "10")
        #expect(summary["users"] as? Int == 943)
        #expect(summary["items"] as? Int == 1682)
        #expect(summary["ratings"] as? Int == 100_000)
        #expect(summary["edges"] as? Int == 8026)
        #expect(abs(try #require(summary["total_weight"] as? Double) - 3573.673604) < 1e-3)
        #expect(try #require(summary["modularity"] as? Double) >= 0.6325)
        #expect(summary["disconnected_communities"] as? Int == 0)
        #expect(summary["duplicate_ratings"] as? Int == 0)
        #expect(summary["rating_scale"] as? [String: Int] == ["minimum": 1, "maximum": 5, "step": 1])
        let seconds = try #require(summary["seconds"] as? [String: Double])
        #expect(Set(seconds.keys) == ["read", "similarity", "graph", "communities", "profiles", "write", "total"])
        #expect(try #require(summary["peak_memory_bytes"] as? Int) > 1_000_000)
        #expect(
            Set(try FileManager.default.contentsOfDirectory(atPath: scratch.path("out")))
                == ["users.csv", "edges.csv", "communities.csv", "graph.graphml", "summary.json"])
    }

    @Test func `user 1 has the golden neighbors`() throws {
        let outcome = try Program.run("neighbors", source, "--user", "1", "--count", "5")
        let rows = outcome.output.split(separator: "\n").dropFirst().map { $0.split(separator: " ").map(String.init) }
        #expect(
            rows == [
                ["916", "0.569066", "155"], ["864", "0.547548", "144"], ["268", "0.542077", "153"],
                ["92", "0.540534", "169"], ["435", "0.538665", "162"],
            ])
    }

    @Test(.enabled(if: Oracle.python != nil, "KINDRED_PYTHON names no Python"), arguments: [10, 20, 50])
    func `the graph equals that of scipy and igraph`(_ k: Int) throws {
        _ = try summary("--neighbors", "\(k)")
        let outcome = try Oracle.run("similarity_graph.py", source + "/u.data", scratch.path("out"), "\(k)")
        #expect(outcome.status == 0, "\(outcome.errors)")
        print("k = \(k): \(outcome.output)")
    }

    @Test func `threads, runs and row order do not change a byte`() throws {
        let folder = URL(fileURLWithPath: source)
        for name in ["u.item", "u.user", "u.genre"] {
            try FileManager.default.createDirectory(
                at: scratch.url.appendingPathComponent("ml"), withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: folder.appendingPathComponent(name), to: scratch.url.appendingPathComponent("ml/\(name)"))
        }
        let lines = try String(contentsOf: folder.appendingPathComponent("u.data"), encoding: .utf8)
            .split(separator: "\n")
        try scratch.write("ml/u.data", lines.shuffled().joined(separator: "\n"))

        let runs = [
            ("a", source, "1"), ("b", source, "2"), ("c", source, "2"), ("d", scratch.path("ml"), "2"),
        ]
        for (name, source, threads) in runs {
            let outcome = try Program.run(
                "graph", source, "--output", scratch.path(name), "--threads", threads, "--format",
                "csv,graphml,gexf,npy", "--quiet")
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.path("a"))
        #expect(files.count == 12)
        for file in files where file != "summary.json" {
            for name in ["b", "c", "d"] {
                #expect(try scratch.read("a/\(file)") == scratch.read("\(name)/\(file)"), "\(name)/\(file)")
            }
        }
    }
}
