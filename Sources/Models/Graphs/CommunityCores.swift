/// The core vertices of the largest communities: an excerpt of a graph that is too large to draw.
///
/// Each of the largest communities gets a share of the count in proportion to its size, at least one. Its cores are the
/// vertices with the most weight within the community, ties by index. Of communities of 6 and 3 vertices and a count of
/// 3, the first gets 2 and the second 1.
///
/// - Parameters:
///   - count: the maximum number of vertices in total.
///   - communities: the number of largest communities to consider.
/// - Returns: vertices by community, largest first; within a community, most internal weight first.
/// - Complexity: O(edges).
public func communityCores(of partition: Partition, in graph: Graph, count: Int, communities: Int) -> [Int] {
    let shown = min(communities, partition.communityCount, count)
    let total = partition.sizes.prefix(shown).reduce(0, +)
    guard total > 0 else { return [] }
    var shares = partition.sizes.prefix(shown).map { max(1, count * $0 / total) }
    // The minimum of one may exceed the count; the largest communities give it back.
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
