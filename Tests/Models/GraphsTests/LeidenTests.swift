import Graphs
import LinearAlgebra
import TestSupport
import Testing

struct LeidenTests {
    @Test func `every community is connected`() {
        for seed in 1...40 {
            // Sparse and unstructured, where Louvain leaves disconnected communities.
            let graph = Graph.planted(groups: 1, size: 150, inside: 0.02, outside: 0, seed: UInt64(seed))
            var generator = SeededGenerator(seed: UInt64(seed))
            let partition = Leiden().detect(in: graph, using: &generator)
            #expect(graph.disconnectedCommunityCount(of: partition) == 0)
        }
    }

    @Test func `two triangles get their optimal partition`() {
        var generator = SeededGenerator(seed: 1)
        #expect(Leiden().detect(in: .twoTriangles, using: &generator).labels == [0, 0, 0, 1, 1, 1])
    }

    /// Single moves find nothing left after block moves have converged.
    @Test func `no single vertex move raises modularity`() {
        for seed in 1...4 {
            let graph = Graph.planted(groups: 10, size: 20, inside: 0.5, outside: 0.08, seed: UInt64(seed))
            var generator = SeededGenerator(seed: UInt64(seed))
            let partition = Leiden().detect(in: graph, using: &generator)
            #expect(graph.disconnectedCommunityCount(of: partition) == 0)
            let quality = modularity(of: partition, in: graph)
            for vertex in 0..<graph.vertexCount {
                for label in 0...Int32(partition.communityCount) where label != partition.labels[vertex] {
                    var moved = partition.labels
                    moved[vertex] = label
                    #expect(modularity(of: Partition(labels: moved), in: graph) <= quality + 1e-11)
                }
            }
        }
    }

    @Test func `planted groups of a large graph are recovered exactly`() {
        let graph = Graph.planted(groups: 25, size: 180, inside: 0.15, outside: 0.002, seed: 9)
        var generator = SeededGenerator(seed: 1)
        let partition = Leiden(threads: 2).detect(in: graph, using: &generator)
        #expect(partition == Partition(labels: (0..<4500).map { Int32($0 / 180) }))
        #expect(graph.disconnectedCommunityCount(of: partition) == 0)
    }

    /// Leiden must find the optimum over all partitions from one of five seeds.
    @Test func `Leiden finds the optimum of small graphs`() {
        for seed in 1...8 {
            let graph = Graph.planted(groups: 2, size: 4, inside: 0.7, outside: 0.3, seed: UInt64(seed))
            let best = allPartitions(of: 8).reduce(-1) { max($0, modularity(of: Partition(labels: $1), in: graph)) }
            let found = (1...5).reduce(-1.0) { highest, run in
                var generator = SeededGenerator(seed: UInt64(run))
                return max(highest, modularity(of: Leiden().detect(in: graph, using: &generator), in: graph))
            }
            #expect(abs(found - best) < 1e-9)
        }
    }

    /// Restricted growth strings: every partition once.
    private func allPartitions(of count: Int) -> [[Int32]] {
        (1..<count).reduce([[0]]) { partitions, _ in
            partitions.flatMap { labels in
                (0...((labels.max() ?? 0) + 1)).map { labels + [$0] }
            }
        }
    }
}
