/// Newman's modularity of a partition, with resolution γ.
///
/// Q = Σ_c [ w_in(c)/W − γ·(vol(c)/2W)² ], where W is the sum of all edge weights, w_in(c) the sum inside community c
/// (each edge once) and vol(c) the sum of the weighted degrees of its vertices. A graph without edges has Q = 0.
///
/// Two triangles and a bridge: Q = 5/14 ≈ 0.357143 at γ = 1, 17/28 ≈ 0.607143 at γ = 0.5.
///
/// - Parameter resolution: γ > 0; larger values favor smaller communities.
/// - Complexity: O(vertices + edges) time, O(communities) memory.
///
/// Source: Reichardt & Bornholdt 2006, doi:10.1103/PhysRevE.74.016110 (the configuration null model).
public func modularity(of partition: Partition, in graph: Graph, resolution: Double = 1) -> Double {
    precondition(partition.labels.count == graph.vertexCount, "one label per vertex")
    guard graph.totalWeight > 0 else { return 0 }
    return communityStatistics(of: partition, in: graph).reduce(0) { sum, community in
        let share = community.volume / (2 * graph.totalWeight)
        return sum + community.internalWeight / graph.totalWeight - resolution * share * share
    }
}
