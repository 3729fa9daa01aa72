/// Statistics of a community within its graph.
public struct CommunityStatistics: Sendable, Equatable {
    /// The number of vertices.
    public let size: Int
    /// The weight of internal edges, each counted once.
    public let internalWeight: Double
    /// The sum of the vertices' weighted degrees: twice the internal weight plus the weight of edges that leave.
    public let volume: Double
    /// cut / min(volume, 2W − volume), in 0…1: the share of the community's weight that leaves it. 0 if the denominator
    /// is 0.
    ///
    /// Each of two triangles joined by a bridge has conductance 1/7 ≈ 0.142857. Kannan, Vempala & Vetta 2004.
    public let conductance: Double
}

/// The statistics of every community, in partition order.
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
