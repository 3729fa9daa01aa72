/// The vertices that hold the largest communities together: enough to draw a graph that is too large to draw.
///
/// Each of the largest communities gets a share of the count by its size, at least one, for its vertices with most weight
/// towards the community itself; equal ones by index. Of communities of 6 and 3 vertices and a count of 3 the first gives 2
/// and the second 1.
///
/// - Parameters:
///   - count: of vertices in all, at most.
///   - communities: how many of the largest communities are looked at.
/// - Returns: vertices by community, the largest first, the best held first within.
/// - Complexity: O(edges).
public func communityCores(of partition: Partition, in graph: Graph, count: Int, communities: Int) -> [Int] {
    let shown = min(communities, partition.communityCount, count)
    let total = partition.sizes.prefix(shown).reduce(0, +)
    guard total > 0 else { return [] }
    var shares = partition.sizes.prefix(shown).map { max(1, count * $0 / total) }
    // The largest gave the smallest their one.
    while shares.reduce(0, +) > count, let most = shares.max(), let first = shares.firstIndex(of: most) {
        shares[first] -= 1
    }
    let members = partition.members
    var cores: [Int] = []
    for community in 0..<shown {
        let weights = members[community].map { vertex -> (vertex: Int, weight: Double) in
            let inside = graph.adjacency(of: vertex).lazy.filter {
                partition.labels[Int(graph.neighbors[$0])] == Int32(community)
            }
            return (vertex, inside.reduce(0) { $0 + Double(graph.weights[$1]) })
        }
        cores += weights.sorted { ($1.weight, $0.vertex) < ($0.weight, $1.vertex) }.prefix(shares[community])
            .map(\.vertex)
    }
    return cores
}
