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

    private static let formats = "csv,graphml,gexf,npy,gephi,neo4j,matrixmarket"

    /// IDs that CSV, XML or a reader's guess at types could change.
    private static let oddIDs = [
        "plain", "a&b", "<c>", "\"d\"", "e,f", "zoë", "e\u{301}", "日本", "😀👨‍👩‍👧", "]]>", "<!--", "&#0;", "%s%n", "it's",
        "a;b", "a|b", "a\tb",
        "NA", "null", "NaN", "None", "true", "1e5", "7", "007", "7.0", "0x10", "12345678901234567890",
        "9007199254740993",
        "=1+1", "+1", "-1", "@SUM(A1)", "source", "n0", "id", "../../etc", "{\"a\":1}", "x\u{202E}evil",
        "no\u{A0}break", "\u{85}next",
        "line\u{2028}separator", "ß", "SS", "İ", String(repeating: "L", count: 300),
    ]
    /// What XML 1.0 cannot hold.
    private static let controls = ["g\u{1}h", "esc\u{1B}[31m", "\u{FFFE}"]
    /// What Gephi changes as it reads CSV.
    private static let escapes = ["C:\\new", "back\\", " lead", "trail "]

    private func source(_ ids: [String]) throws -> String {
        let rows = ids.enumerated().flatMap { place, id in
            (0..<5).map { "\"\(id.replacingOccurrences(of: "\"", with: "\"\""))\",\($0),\(($0 + place) % 4 + 1)\n" }
        }
        return try scratch.write("r.csv", "user,item,rating\n" + rows.joined() + "alone,99,5\n")
    }

    /// The first fields of `users.csv`, by the same rules by which the source quotes them.
    private func idsWritten() throws -> Set<String> {
        let text = try String(decoding: scratch.read("out/users.csv"), as: UTF8.self)
        let fields = text.split(separator: "\n").dropFirst().map { line -> String in
            guard line.hasPrefix("\"") else { return String(line.prefix { $0 != "," }) }
            // NUL for a quote within the field.
            let field = line.dropFirst().replacing("\"\"", with: "\u{0}").prefix { $0 != "\"" }
            return String(field).replacing("\u{0}", with: "\"")
        }
        return Set(fields)
    }

    @Test(arguments: [oddIDs, oddIDs + controls, oddIDs + escapes])
    func `peers read the ids of the source in every format`(_ ids: [String]) throws {
        let outcome = try Program.run(
            "graph", source(ids), "--output", scratch.path("out"), "--neighbors", "3", "--format", Self.formats)
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.output.contains("1 user without a neighbor"))
        #expect(try idsWritten() == Set(ids + ["alone"]))
        #expect(outcome.errors.contains("3 IDs have characters that XML cannot hold") == ids.contains("g\u{1}h"))
        #expect(outcome.errors.contains("gephi: 4 IDs have a backslash") == ids.contains(" lead"))
        let verdict = try Oracle.run("exports.py", scratch.path("out"))
        #expect(verdict.status == 0, "\(verdict.errors)")
        #expect(verdict.output.hasPrefix("\(ids.count + 1) nodes"))
    }

    @Test(.enabled(if: movieLens100K != nil, "MovieLens 100K is not beside the project"))
    func `peers read the graph of MovieLens`() throws {
        let outcome = try Program.run(
            "graph", movieLens100K ?? "", "--output", scratch.path("out"), "--neighbors", "10", "--format",
            Self.formats, "--quiet")
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
