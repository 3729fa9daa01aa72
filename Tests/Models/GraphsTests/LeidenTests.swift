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

    // MARK: - From a partition

    private func follow(_ graph: Graph, from start: Partition, seed: UInt64 = 1, threads: Int = 1) -> Partition {
        var generator = SeededGenerator(seed: seed)
        return Leiden(threads: threads).detect(in: graph, from: start, using: &generator)
    }

    /// Two triangles in one community, Q = 0, split into the best partition, Q = 5/14.
    @Test func `a start is improved to the optimum of two triangles`() {
        for labels: [Int32] in [[0, 0, 0, 0, 0, 0], [0, 0, 1, 1, 1, 1], [0, 1, 2, 3, 4, 5], [0, 0, 0, 1, 1, 1]] {
            let found = follow(.twoTriangles, from: Partition(labels: labels))
            #expect(found.labels == [0, 0, 0, 1, 1, 1])
            #expect(abs(modularity(of: found, in: .twoTriangles) - 5 / 14) < 1e-6)
        }
    }

    @Test func `modularity is never below that of the start, and communities are connected`() {
        var generator = SeededGenerator(seed: 3)
        for seed in 1...40 {
            let graph = Graph.planted(groups: 3, size: 40, inside: 0.1, outside: 0.02, seed: UInt64(seed))
            let start = Partition(labels: (0..<120).map { _ in Int32(generator.next(below: 1 + seed % 9)) })
            let found = follow(graph, from: start, seed: UInt64(seed))
            #expect(modularity(of: found, in: graph) >= modularity(of: start, in: graph) - 1e-12)
            #expect(graph.disconnectedCommunityCount(of: found) == 0)
            #expect(found == follow(graph, from: start, seed: UInt64(seed), threads: 3))
            // Nothing is left to gain from what was found, but for what chance finds.
            let again = follow(graph, from: found, seed: UInt64(seed))
            #expect(modularity(of: again, in: graph) >= modularity(of: found, in: graph) - 1e-12)
        }
    }

    /// A few new edges leave planted communities as they are, with their new members.
    @Test func `communities stay when a graph changes a little`() {
        let groups = 8
        let graph = Graph.planted(groups: groups, size: 30, inside: 0.4, outside: 0.01, seed: 5)
        var generator = SeededGenerator(seed: 1)
        let start = Leiden().detect(in: graph, using: &generator)
        var pairs = Set(graph.edges.map { [Int($0.source), Int($0.target)] })
        for _ in 0..<40 {
            let (a, b) = (generator.next(below: 240), generator.next(below: 240))
            if a != b { pairs.formSymmetricDifference([[min(a, b), max(a, b)]]) }
        }
        // Vertex 240 is new, with friends in the last group.
        for friend in 215..<225 { pairs.insert([friend, 240]) }
        let changed = Graph(241, pairs.map { ($0[0], $0[1]) })
        let found = follow(changed, from: Partition(following: start.labels.map { $0 } + [nil]))
        #expect(found == Partition(labels: start.labels + [start.labels[220]]))
    }

    @Test func `a graph without edges falls apart`() {
        #expect(follow(Graph(3, []), from: Partition(labels: [0, 0, 0])) == Partition(singletons: 3))
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
