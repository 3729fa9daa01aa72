import FileOutput
import Foundation
import LinearAlgebra
import Neighbors
import RatingFiles
import Ratings
import TestSupport
import Testing

/// `kindred graph --neighbors-from`: neighbors of a cluster give the files of a run on one machine.
struct NeighborsFromTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static let formats = "csv,graphml,gexf,npy,gephi,neo4j,matrixmarket"

    private func files(
        of source: String, neighbors: Int, hasRatings: Bool = true,
        _ change: (inout SimilarityConfiguration) -> Void = { _ in }
    ) throws -> NeighborFiles {
        var configuration = SimilarityConfiguration()
        configuration.neighbors = neighbors
        change(&configuration)
        let ratings = try RatingsSource(source).dataset().ratings
        let table = try AllPairs(configuration, threads: 2).neighbors(in: ratings)
        return try NeighborFiles(table, configuration, of: ratings, hasRatings: hasRatings, in: scratch)
    }

    private func written(_ folder: String, _ arguments: [String]) throws -> [String: Data] {
        let outcome = try Program.run(
            Program.url, ["graph", "--output", scratch.path(folder), "--format", Self.formats, "--quiet"] + arguments)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return scratch.contents.filter { $0.key.hasPrefix("\(folder)/") }
            .reduce(into: [:]) { $0[String($1.key.dropFirst(folder.count + 1))] = $1.value }
    }

    /// The summary without what depends on the run: times, memory, who multiplied, and how a file was read.
    private func figures(_ files: [String: Data]) throws -> NSDictionary {
        let data = try #require(files["summary.json"])
        var summary = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        for name in [
            "seconds", "peak_memory_bytes", "memory_estimate_bytes", "source", "columns", "layout", "encoding", "rows",
            "notes", "arithmetic",
        ] { summary[name] = nil }
        return summary as NSDictionary
    }

    /// With titles beside the ratings, which a source alone brings.
    @Test(arguments: [true, false])
    func `with a source all files are those of a plain run`(hasRatings: Bool) throws {
        let files = try files(of: sample, neighbors: 7, hasRatings: hasRatings) { $0.shrinkage = 3 }
        let plain = try written("plain", [sample, "--neighbors", "7", "--shrinkage", "3", "--stability"])
        let cluster = try written("from", [sample, "--neighbors-from", files.path, "--stability"])
        #expect(plain.count > 14 && Set(plain.keys) == Set(cluster.keys))
        for (name, bytes) in plain where name != "summary.json" { #expect(cluster[name] == bytes, "\(name)") }
        #expect(try figures(cluster) == figures(plain))
    }

    @Test func `without a source the ratings of the folder do`() throws {
        let source = try scratch.sixUsers()
        let files = try files(of: source, neighbors: 2) { $0.measure = .centered }
        let plain = try written("plain", [source, "--neighbors", "2", "--measure", "centered"])
        let cluster = try written("from", ["--neighbors-from", files.path])
        for (name, bytes) in plain where name != "summary.json" { #expect(cluster[name] == bytes, "\(name)") }
        #expect(try figures(cluster) == figures(plain))
    }

    @Test(.enabled(if: movieLens100K != nil, "MovieLens 100K is not beside the project"))
    func `the graph of MovieLens has its edges`() throws {
        let files = try files(of: try #require(movieLens100K), neighbors: 10)
        let outcome = try Program.run(
            "graph", "--neighbors-from", files.path, "--output", scratch.path("out"), "--json", "--quiet")
        let summary: [String: Any] = try outcome.json()
        #expect(summary["edges"] as? Int == 8026)
        #expect((summary["total_weight"] as? Double)?.rounded(toPlaces: 6) == 3573.673604)
    }

    @Test func `what cannot be is said, and nothing is written`() throws {
        let source = try scratch.sixUsers()
        let bare = try files(of: source, neighbors: 2, hasRatings: false)
        func errors(_ arguments: String..., status: Int32 = 1) throws -> String {
            let outcome = try Program.run(
                Program.url, ["graph", "--neighbors-from", bare.path, "--output", scratch.path("out")] + arguments)
            #expect(outcome.status == status && outcome.output.isEmpty, "\(arguments)")
            #expect(!scratch.names.contains("out"))
            return outcome.errors
        }
        #expect(
            try errors().contains("has neighbors, but not the ratings that profiles need. Name the ratings too"))
        let other = try scratch.write("other.csv", "userId,movieId,rating\n7,1,2\n8,1,3\n")
        #expect(try errors(other).contains("at place 1 it has user 7, and \(bare.path) has user 1"))
        #expect(
            try errors("--columns", "a,b,c").contains("how files are read is no matter for it: --columns"))
        for option in [
            ["--neighbors", "50"], ["--measure", "cosine"], ["--norms", "all"], ["--min-support", "1"],
            ["--min-similarity", "0"], ["--shrinkage", "0"], ["--item-weights", "none"], ["--memory-limit", "1GB"],
        ] {
            let outcome = try Program.run(
                Program.url,
                ["graph", source, "--neighbors-from", bare.path, "--output", scratch.path("out")] + option)
            #expect(outcome.status == 64 && outcome.errors.contains("leave out \(option[0])"), "\(outcome.errors)")
        }
        try bare.remove("neighbors.json")
        #expect(try errors().contains("neighbors.json: there is no such file"))
    }
}

extension Double {
    fileprivate func rounded(toPlaces places: Int) -> Double {
        let scale = pow(10, Double(places))
        return (self * scale).rounded() / scale
    }
}
