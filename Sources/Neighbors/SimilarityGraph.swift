public import Graphs

/// Which neighbors become edges.
public enum Combination: String, Sendable, CaseIterable {
    /// An edge if either user is among the other's nearest.
    case union
    /// An edge if both users are among each other's nearest.
    case mutual
}

/// The graph of similar users: vertices are users, weights similarities.
public struct SimilarityGraph: Sendable {
    public let graph: Graph
    /// The number of items that both users rated, for each edge in the order of `graph.edges`.
    public let supports: [Int32]

    /// - Complexity: O(n · log n) time and O(n) memory for the table's n = users · k entries.
    public init(_ table: NeighborTable, combination: Combination) {
        let links = Self.sortedLinks(table)
        var edges: [Edge] = []
        var supports: [Int32] = []
        var start = 0
        while start < links.count {
            // The same pair stands here once or twice: once for each user who keeps the other.
            let isMutual = start + 1 < links.count && links[start + 1].isSamePair(as: links[start])
            if isMutual || combination == .union {
                edges.append(links[start].edge)
                supports.append(links[start].support)
            }
            start += isMutual ? 2 : 1
        }
        graph = Graph(vertexCount: table.userCount, edges: edges)
        self.supports = supports
    }

    private struct Link {
        var edge: Edge
        var support: Int32

        func isSamePair(as other: Link) -> Bool {
            edge.source == other.edge.source && edge.target == other.edge.target
        }
    }

    /// Every entry of the table as a link from its lower to its higher user, ascending.
    private static func sortedLinks(_ table: NeighborTable) -> [Link] {
        var links: [Link] = []
        links.reserveCapacity(table.neighbors.count)
        for user in 0..<table.userCount {
            for position in table.offsets[user]..<table.offsets[user + 1] {
                let other = table.neighbors[position]
                links.append(
                    Link(
                        edge: Edge(
                            source: min(Int32(user), other), target: max(Int32(user), other),
                            weight: table.similarities[position]),
                        support: table.supports[position]))
            }
        }
        links.sort { ($0.edge.source, $0.edge.target) < ($1.edge.source, $1.edge.target) }
        return links
    }
}
