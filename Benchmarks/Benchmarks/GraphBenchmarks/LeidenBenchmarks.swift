import Graphs
import Inputs
import LinearAlgebra
import Neighbors

/// Communities of the similarity graph.
func leidenBenchmarks() {
    for shape in ["100k", "1m"] {
        measure(
            "leiden-\(shape)", runs: 3, counts: ["edges", "communities", "modularity × 10⁶"], rate: "edges/s",
            of: {
                let table = try AllPairs(SimilarityConfiguration(), threads: 2).neighbors(in: try ratingMatrix(shape))
                return SimilarityGraph(table, combination: .union).graph
            },
            { (graph: Graph) in
                var generator = SeededGenerator(seed: 1)
                return Leiden().detect(in: graph, using: &generator)
            },
            check: { graph, partition in
                let quality = modularity(of: partition, in: graph)
                try require(quality > 0.2, "modularity \(quality)")
                let connected = graph.components(within: partition).communityCount
                try require(connected == partition.communityCount, "\(connected) connected parts")
                return Outcome(
                    [graph.edgeCount, partition.communityCount, Int(1e6 * quality)], work: Double(graph.edgeCount))
            })
    }
}
