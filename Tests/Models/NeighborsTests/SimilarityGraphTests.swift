import Graphs
import LinearAlgebra
import Neighbors
import Testing

struct SimilarityGraphTests {
    /// 0 → 1; 1 → 0 and 2; 2 → 3; 3 has no neighbors.
    let table = NeighborTable(rows: [
        [Neighbor(user: 1, similarity: 0.5, support: 4)],
        [Neighbor(user: 2, similarity: 0.75, support: 2), Neighbor(user: 0, similarity: 0.5, support: 4)],
        [Neighbor(user: 3, similarity: 0.25, support: 1)],
        [],
    ])

    @Test func `union keeps every link once`() {
        let similarity = SimilarityGraph(table, combination: .union)
        #expect(
            Array(similarity.graph.edges) == [
                Edge(source: 0, target: 1, weight: 0.5), Edge(source: 1, target: 2, weight: 0.75),
                Edge(source: 2, target: 3, weight: 0.25),
            ])
        #expect(similarity.supports == [4, 2, 1])
    }

    @Test func `mutual keeps only links in both directions`() {
        let similarity = SimilarityGraph(table, combination: .mutual)
        #expect(Array(similarity.graph.edges) == [Edge(source: 0, target: 1, weight: 0.5)])
        #expect(similarity.supports == [4])
        #expect(similarity.graph.vertexCount == 4)
    }

    @Test func `graph equals its definition on random tables`() {
        var generator = SeededGenerator(seed: 7)
        for users in [1, 2, 30, 60] {
            let keeps = (0..<users).map { user in
                (0..<users).filter { _ in generator.uniform() < 0.2 }.filter { $0 != user }.map(Int32.init)
            }
            /// Any symmetric function will do.
            func link(_ user: Int, _ other: Int) -> Neighbor {
                let (low, high) = (min(user, other), max(user, other))
                return Neighbor(
                    user: Int32(other), similarity: 1 / Float(1 + (7 * low + 3 * high) % 40), support: Int32(low + high)
                )
            }
            let table = NeighborTable(
                rows: keeps.enumerated().map { user, others in others.map { link(user, Int($0)) } })
            for combination in Combination.allCases {
                var edges: [Edge] = []
                for (source, target) in (0..<users).flatMap({ user in
                    (user + 1..<max(user + 1, users)).map { (user, $0) }
                }) {
                    let kept = [keeps[source].contains(Int32(target)), keeps[target].contains(Int32(source))]
                    guard combination == .union ? kept.contains(true) : !kept.contains(false) else { continue }
                    edges.append(
                        Edge(source: Int32(source), target: Int32(target), weight: link(source, target).similarity))
                }
                let similarity = SimilarityGraph(table, combination: combination)
                #expect(Array(similarity.graph.edges) == edges)
                #expect(similarity.supports == edges.map { $0.source + $0.target })
                similarity.graph.checkInvariants()
            }
        }
    }
}
