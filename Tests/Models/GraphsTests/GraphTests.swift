import Graphs
import TestSupport
import Testing

struct GraphTests {
    @Test func `edges are listed once and in order`() {
        let graph = Graph(5, [(3, 1), (0, 4), (1, 0)], weight: 0.5)
        #expect(graph.edgeCount == 3)
        #expect(graph.edges.map { [$0.source, $0.target] } == [[0, 1], [0, 4], [1, 3]])
        #expect(graph.totalWeight == 1.5)
        #expect((0..<5).map(graph.degree) == [2, 2, 0, 1, 1])
        #expect(graph.weightedDegree(of: 0) == 1)
        graph.checkInvariants()
    }

    @Test func `random graphs satisfy the invariants`() {
        for seed in 1...5 {
            Graph.planted(groups: 3, size: 9, inside: 0.5, outside: 0.2, seed: UInt64(seed)).checkInvariants()
        }
    }

    @Test func `connected components are found`() {
        let graph = Graph(7, [(0, 1), (1, 2), (4, 5)])
        #expect(graph.components.labels == [0, 0, 0, 2, 1, 1, 3])
    }

    @Test func `disconnected communities are counted`() {
        let graph = Graph.twoTriangles
        #expect(graph.disconnectedCommunityCount(of: Partition(labels: [0, 0, 0, 1, 1, 1])) == 0)
        #expect(graph.disconnectedCommunityCount(of: Partition(labels: [0, 1, 0, 1, 1, 1])) == 1)
        #expect(graph.disconnectedCommunityCount(of: Partition(labels: [0, 1, 1, 0, 0, 1])) == 2)
    }
}
