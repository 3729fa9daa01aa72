import Graphs
import LinearAlgebra
import TestSupport
import Testing

struct ModularityTests {
    /// The textbook double sum over all vertex pairs.
    private func reference(_ partition: Partition, _ graph: Graph, _ resolution: Double) -> Double {
        let twoW = 2 * graph.totalWeight
        var sum = 0.0
        for i in 0..<graph.vertexCount {
            for j in 0..<graph.vertexCount where partition.labels[i] == partition.labels[j] {
                let weight = graph.adjacency(of: i).first { graph.neighbors[$0] == j }.map { graph.weights[$0] }
                sum +=
                    Double(weight ?? 0) - resolution * graph.weightedDegree(of: i) * graph.weightedDegree(of: j) / twoW
            }
        }
        return sum / twoW
    }

    @Test func `modularity of two bridged triangles matches the worked example`() {
        let halves = Partition(labels: [0, 0, 0, 1, 1, 1])
        #expect(abs(modularity(of: halves, in: .twoTriangles) - 0.357143) < 1e-6)
        #expect(abs(modularity(of: halves, in: .twoTriangles) - 5.0 / 14) < 1e-15)
        #expect(abs(modularity(of: halves, in: .twoTriangles, resolution: 0.5) - 0.607143) < 1e-6)
    }

    @Test func `modularity equals the double sum on random graphs`() {
        for seed in 1...10 {
            let graph = Graph.planted(groups: 3, size: 8, inside: 0.6, outside: 0.2, seed: UInt64(seed))
            var generator = SeededGenerator(seed: UInt64(seed))
            let partition = Partition(labels: (0..<24).map { _ in Int32(generator.next(below: 4)) })
            for resolution in [0.5, 1, 2.5] {
                let difference =
                    modularity(of: partition, in: graph, resolution: resolution)
                    - reference(partition, graph, resolution)
                #expect(abs(difference) < 1e-12)
            }
        }
    }

    @Test func `modularity of a graph without edges is 0`() {
        #expect(modularity(of: Partition(singletons: 3), in: Graph(3, [])) == 0)
    }

    @Test func `community statistics match the worked example`() {
        let statistics = communityStatistics(of: Partition(labels: [0, 0, 0, 1, 1, 1]), in: .twoTriangles)
        #expect(statistics.map(\.size) == [3, 3])
        #expect(statistics.map(\.internalWeight) == [3, 3])
        #expect(statistics.map(\.volume) == [7, 7])
        #expect(abs(statistics[0].conductance - 0.142857) < 1e-6)
    }
}
