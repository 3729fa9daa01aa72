/// Communities by label propagation: a vertex takes the label with the most weight among its neighbors.
///
/// The fastest of the three and the coarsest: no quality function, so a dense graph may end as one community.
///
/// - Complexity: about O(edges) in practice; O(vertices) memory.
///
/// Source: Raghavan, Albert & Kumara 2007, doi:10.1103/PhysRevE.76.036106, with the queue of Traag & Šubelj 2023,
/// doi:10.1038/s41598-023-29610-z. Ties keep the current label where it is among the heaviest, else are drawn at random;
/// each change raises the weight inside communities, so the queue runs dry.
public struct LabelPropagation: CommunityDetector {
    public init() {}

    public func detect(
        in graph: Graph, using generator: inout some RandomNumberGenerator
    ) -> Partition {
        let network = Network(graph)
        var labels = (0..<Int32(graph.vertexCount)).map { $0 }
        var queue = VertexQueue(vertexCount: graph.vertexCount, using: &generator)
        var weightTo = LabelWeights(labelCount: graph.vertexCount)
        while let vertex = queue.next() {
            for position in network.adjacency(of: vertex) {
                weightTo.add(
                    network.weights[position], to: labels[Int(network.neighbors[position])])
            }
            let label = heaviest(weightTo, current: labels[vertex], using: &generator)
            weightTo.clear()
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
        _ weightTo: LabelWeights, current: Int32, using generator: inout some RandomNumberGenerator
    ) -> Int32 {
        let heaviest = weightTo.labels.reduce(0) { max($0, weightTo[$1]) }
        // Equal weights added in another order differ by rounding.
        let ties = weightTo.labels.filter { weightTo[$0] >= heaviest * (1 - 1e-12) }
        if ties.isEmpty || ties.contains(current) { return current }
        return ties.count == 1 ? ties[0] : ties.sorted()[Int.random(in: ties.indices, using: &generator)]
    }
}
