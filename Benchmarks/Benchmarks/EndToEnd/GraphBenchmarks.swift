import Engine
import FileOutput
import Foundation
import GraphFiles
import Graphs
import Inputs
import Neighbors
import RatingFiles
import Ratings

/// From a ratings file to the files of `kindred graph`.
func graphBenchmarks() {
    measure(
        "graph-100k-file-to-files", runs: 5, counts: ["ratings", "edges", "bytes written"], rate: "ratings/s",
        of: { try ratingsFile("100k") },
        { path in
            var reader = RatingsReader()
            reader.threads = 2
            let dataset = try RatingsSource(path).dataset(reader: reader)
            var configuration = GraphConfiguration()
            configuration.threads = 2
            let snapshot = try GraphEngine(configuration).snapshot(of: dataset)
            let export = GraphExport(snapshot)
            let folder = temporaryPath("graph")
            let output = try OutputFolder(folder)
            try output.write("edges.csv", export.writeEdges)
            try output.write("graph.graphml", export.writeGraphML)
            try output.commit()
            return (snapshot: snapshot, folder: folder)
        },
        check: { _, output in
            let graph = output.snapshot.similarity.graph
            let edges = try String(contentsOfFile: "\(output.folder)/edges.csv", encoding: .utf8)
            let graphML = try Data(contentsOf: URL(fileURLWithPath: "\(output.folder)/graph.graphml"))
            try FileManager.default.removeItem(atPath: output.folder)
            let lines = edges.utf8.count { $0 == UInt8(ascii: "\n") }
            try require(lines == graph.edgeCount + 1, "\(lines) lines for \(graph.edgeCount) edges")
            try require(output.snapshot.disconnectedCommunities == 0, "communities in pieces")
            let ratings = output.snapshot.ratings.count
            return Outcome([ratings, graph.edgeCount, edges.utf8.count + graphML.count], work: Double(ratings))
        })
}
