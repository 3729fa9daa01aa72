import Foundation
import Graphs
import LinearAlgebra
import TestSupport
import Testing

/// Exports and communities as other programs see them.
@Suite(.enabled(if: Oracle.python != nil, "KINDRED_PYTHON names no Python"))
struct ExportTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    @Test func `peers read what the tables hold`() throws {
        // Ids that XML and CSV have to escape, a control character that XML forbids, and a user without neighbors.
        let ids = ["plain", "a&b", "<c>", "\"d\"", "e,f", "zoë", "g\u{1}h", "日本"]
        let rows = ids.flatMap { id in
            (0..<5).map {
                "\"\(id.replacingOccurrences(of: "\"", with: "\"\""))\",\($0),\(($0 + id.utf8.count) % 4 + 1)\n"
            }
        }
        let source = try scratch.write("r.csv", "user,item,rating\n" + rows.joined() + "alone,99,5\n")
        let outcome = try Program.run(
            "graph", source, "--output", scratch.path("out"), "--neighbors", "3", "--format", "csv,graphml,gexf,npy")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("1 users without a neighbor"))
        // The control character is in the tables but cannot be in XML.
        let users = try String(decoding: scratch.read("out/users.csv"), as: UTF8.self)
        try scratch.write("out/users.csv", users.replacingOccurrences(of: "\u{1}", with: ""))
        let edges = try String(decoding: scratch.read("out/edges.csv"), as: UTF8.self)
        try scratch.write("out/edges.csv", edges.replacingOccurrences(of: "\u{1}", with: ""))
        let verdict = try Oracle.run("exports.py", scratch.path("out"))
        #expect(verdict.status == 0, "\(verdict.errors)")
        #expect(verdict.output.hasPrefix("9 nodes"))
    }

    @Test(.enabled(if: movieLens100K != nil, "MovieLens 100K is not beside the project"))
    func `peers read the graph of MovieLens`() throws {
        let outcome = try Program.run(
            "graph", movieLens100K ?? "", "--output", scratch.path("out"), "--neighbors", "10", "--format",
            "csv,graphml,gexf,npy", "--quiet")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let verdict = try Oracle.run("exports.py", scratch.path("out"))
        #expect(verdict.status == 0, "\(verdict.errors)")
        #expect(verdict.output == "943 nodes, 8026 edges\n")
    }

    private struct Benchmark: Decodable {
        struct Run: Decodable {
            let modularity: Double
            let nmi: Double
        }

        let mixing: Double
        let edges: [[Int]]
        let planted: [Int32]
        let igraph: [Run]
    }

    /// Leiden on LFR graphs, one run against one run of igraph's, over the same graphs and as many seeds.
    @Test func `Leiden keeps up with igraph on benchmark graphs`() throws {
        let verdict = try Oracle.run("lfr.py", scratch.path("lfr.json"))
        #expect(verdict.status == 0, "\(verdict.errors)")
        let benchmarks = try JSONDecoder().decode([Benchmark].self, from: scratch.read("lfr.json"))
        let groups = Dictionary(grouping: benchmarks, by: \.mixing).sorted { $0.key < $1.key }
        #expect(groups.map(\.key) == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
        for (mixing, graphs) in groups {
            let runs = graphs.flatMap { benchmark in (1...benchmark.igraph.count).map { leiden(benchmark, UInt64($0)) }
            }
            let peer = graphs.flatMap(\.igraph)
            let mean = { (values: [Double]) in values.reduce(0, +) / Double(values.count) }
            let quality = (mean(runs.map(\.modularity)), mean(peer.map(\.modularity)))
            let agreement = (mean(runs.map(\.nmi)), mean(peer.map(\.nmi)))
            print(
                "LFR μ = \(mixing): modularity \(quality.0), igraph \(quality.1); NMI \(agreement.0), igraph \(agreement.1)"
            )
            #expect(quality.0 >= quality.1 - 0.002)
            #expect(abs(agreement.0 - agreement.1) <= 0.02)
        }
    }

    private func leiden(_ benchmark: Benchmark, _ seed: UInt64) -> (modularity: Double, nmi: Double) {
        let graph = Graph(1000, benchmark.edges.map { ($0[0], $0[1]) })
        var generator = SeededGenerator(seed: seed)
        let found = Leiden().detect(in: graph, using: &generator)
        let agreement = PartitionComparison(found, Partition(labels: benchmark.planted))
        return (modularity(of: found, in: graph), agreement.normalizedMutualInformation)
    }
}
