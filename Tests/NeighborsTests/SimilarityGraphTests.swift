import Graphs
import Neighbors
import Testing

struct SimilarityGraphTests {
    /// 0 keeps 1; 1 keeps 0 and 2; 2 keeps 3; 3 keeps nobody.
    let table = NeighborTable(rows: [
        [Neighbor(user: 1, similarity: 0.5, support: 4)],
        [Neighbor(user: 2, similarity: 0.75, support: 2), Neighbor(user: 0, similarity: 0.5, support: 4)],
        [Neighbor(user: 3, similarity: 0.25, support: 1)],
        [],
    ])

    @Test func unionTakesEveryLinkOnce() {
        let similarity = SimilarityGraph(table, combination: .union)
        #expect(
            Array(similarity.graph.edges) == [
                Edge(source: 0, target: 1, weight: 0.5), Edge(source: 1, target: 2, weight: 0.75),
                Edge(source: 2, target: 3, weight: 0.25),
            ])
        #expect(similarity.supports == [4, 2, 1])
    }

    @Test func mutualTakesLinksBothWays() {
        let similarity = SimilarityGraph(table, combination: .mutual)
        #expect(Array(similarity.graph.edges) == [Edge(source: 0, target: 1, weight: 0.5)])
        #expect(similarity.supports == [4])
        #expect(similarity.graph.vertexCount == 4)
    }
}
