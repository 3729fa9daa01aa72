/// How a community sits in its graph.
public struct CommunityStatistics: Sendable, Equatable {
    /// The number of vertices.
    public let size: Int
    /// The weight of the edges inside, each once.
    public let internalWeight: Double
    /// The sum of the weighted degrees of the vertices: twice the weight inside and once the weight that leaves.
    public let volume: Double
    /// cut / min(volume, 2W − volume), in 0…1: the share of the community's weight that leaves it. 0 where nothing can.
    ///
    /// Each triangle of two that a bridge joins has conductance 1/7 ≈ 0.142857. Kannan, Vempala & Vetta 2004.
    public let conductance: Double
}

/// The statistics of every community, in the partition's order.
///
/// - Complexity: O(vertices + edges) time, O(communities) memory.
public func communityStatistics(of partition: Partition, in graph: Graph) -> [CommunityStatistics] {
    var inside = [Double](repeating: 0, count: partition.communityCount)
    var volume = inside
    for vertex in 0..<graph.vertexCount {
        let label = partition.labels[vertex]
        for position in graph.adjacency(of: vertex) {
            let weight = Double(graph.weights[position])
            volume[Int(label)] += weight
            if partition.labels[Int(graph.neighbors[position])] == label {
                inside[Int(label)] += weight / 2
            }
        }
    }
    return partition.sizes.indices.map { community in
        let smallerSide = min(volume[community], 2 * graph.totalWeight - volume[community])
        let cut = volume[community] - 2 * inside[community]
        return CommunityStatistics(
            size: partition.sizes[community], internalWeight: inside[community],
            volume: volume[community],
            conductance: smallerSide > 0 ? min(1, max(0, cut / smallerSide)) : 0)
    }
}
