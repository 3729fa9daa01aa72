public import Graphs

/// The rule by which neighbors become edges.
public enum Combination: String, Sendable, CaseIterable {
    /// An edge if either user is among the other's nearest.
    case union
    /// An edge if both users are among each other's nearest.
    case mutual
}

/// The graph of similar users: vertices are users, weights similarities.
public struct SimilarityGraph: Sendable {
    /// The graph.
    public let graph: Graph
    /// The number of items both users rated, per edge in the order of `graph.edges`.
    public let supports: [Int32]

    /// - Complexity: O(users · k · log k) time and O(users · k) memory for a table of k neighbors each.
    public init(_ table: NeighborTable, combination: Combination) {
        let keepers = Keepers(table)
        var offsets = [0]
        var neighbors: [Int32] = []
        var weights: [Float] = []
        var supports: [Int32] = []
        offsets.reserveCapacity(table.userCount + 1)
        neighbors.reserveCapacity(2 * keepers.links.count)
        weights.reserveCapacity(2 * keepers.links.count)
        supports.reserveCapacity(keepers.links.count)
        for user in 0..<table.userCount {
            let kept = table.neighbors(of: user).sorted { $0.user < $1.user }
            forEachLink(kept, keepers[user]) { link, isMutual in
                guard isMutual || combination == .union else { return }
                neighbors.append(link.user)
                weights.append(link.similarity)
                if link.user > user { supports.append(link.support) }
            }
            offsets.append(neighbors.count)
        }
        graph = Graph(offsets: offsets, neighbors: neighbors, weights: weights)
        self.supports = supports
    }
}

/// The transposed neighbor table: who has a user among their nearest.
private struct Keepers {
    /// The keepers of user u are `offsets[u] ..< offsets[u + 1]`, ascending.
    private let offsets: [Int]
    let links: [Neighbor]

    init(_ table: NeighborTable) {
        var offsets = [Int](repeating: 0, count: table.userCount + 1)
        for user in 0..<table.userCount {
            for neighbor in table.neighbors(of: user) { offsets[Int(neighbor.user) + 1] += 1 }
        }
        for user in 0..<table.userCount { offsets[user + 1] += offsets[user] }
        var next = offsets
        var links = Array(
            repeating: Neighbor(user: 0, similarity: 0, support: 0), count: offsets[table.userCount])
        for user in 0..<table.userCount {
            for neighbor in table.neighbors(of: user) {
                links[next[Int(neighbor.user)]] = Neighbor(
                    user: Int32(user), similarity: neighbor.similarity, support: neighbor.support)
                next[Int(neighbor.user)] += 1
            }
        }
        self.offsets = offsets
        self.links = links
    }

    subscript(user: Int) -> ArraySlice<Neighbor> { links[offsets[user]..<offsets[user + 1]] }
}

/// Merges a user's neighbors and keepers, both ascending: each user once, with whether they are in both.
private func forEachLink(
    _ kept: [Neighbor], _ keepers: ArraySlice<Neighbor>, _ body: (_ link: Neighbor, _ isMutual: Bool) -> Void
) {
    var one = kept.startIndex
    var other = keepers.startIndex
    while one < kept.endIndex || other < keepers.endIndex {
        let keptUser = one < kept.endIndex ? kept[one].user : .max
        let keeper = other < keepers.endIndex ? keepers[other].user : .max
        body(keptUser <= keeper ? kept[one] : keepers[other], keptUser == keeper)
        if keptUser <= keeper { one += 1 }
        if keeper <= keptUser { other += 1 }
    }
}
