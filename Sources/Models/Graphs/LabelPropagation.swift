import LinearAlgebra

/// Label propagation: a vertex adopts the label with the most weight among its neighbors.
///
/// The fastest and coarsest of the three detectors: without a quality function, a dense graph may become one community.
///
/// - Complexity: about O(edges) in practice; O(vertices) memory.
///
/// Source: Raghavan, Albert & Kumara 2007, doi:10.1103/PhysRevE.76.036106, with the queue of Traag & Šubelj 2023,
/// doi:10.1038/s41598-023-29610-z. Ties keep the current label if it is among the heaviest, else are broken at random;
/// each change raises the internal weight, so the queue empties.
public struct LabelPropagation: CommunityDetector {
    /// Creates a detector.
    public init() {}

    public func detect(
        in graph: Graph, using generator: inout some RandomNumberGenerator
    ) -> Partition {
        var generator = SeededGenerator(seed: generator.next())
        let network = Network(graph)
        var labels = (0..<Int32(graph.vertexCount)).map { $0 }
        let order = (0..<Int32(graph.vertexCount)).shuffled(using: &generator)
        var queue = VertexQueue(order, vertexCount: graph.vertexCount)
        var sums = LabelSums(labelCount: graph.vertexCount)
        let cancellation = Cancellation.current
        while !cancellation.isRequested, let vertex = queue.next() {
            sums.add(network, edgesOf: vertex, labels)
            let label = heaviest(sums, current: labels[vertex], using: &generator)
            sums.clear()
            guard label != labels[vertex] else { continue }
            labels[vertex] = label
            for position in network.adjacency(of: vertex) {
                let other = Int(network.neighbors[position])
                if labels[other] != label { queue.append(other) }
            }
        }
        return Partition(labels: labels)
    }

    private func heaviest(
        _ sums: LabelSums, current: Int32, using generator: inout SeededGenerator
    ) -> Int32 {
        let heaviest = (0..<sums.count).reduce(0) { max($0, sums[sums.label($1)]) }
        // Equal weights summed in another order differ by rounding.
        let least = heaviest * (1 - 1e-12)
        if sums[current] >= least { return current }
        let ties = (0..<sums.count).map { sums.label($0) }.filter { sums[$0] >= least }
        return ties.count == 1 ? ties[0] : ties.sorted()[Int.random(in: ties.indices, using: &generator)]
    }
}
