/// Where data came from and where it went: imported files, versions of the ratings, runs, what they computed, and outputs.
///
/// Data flows along the edges: upstream of an export is the file it comes from, downstream of an import every export that
/// holds something of it.
public struct Lineage: Sendable, Equatable, Encodable {
    /// Each once, in the order in which data flows and by age.
    public internal(set) var nodes: [Node] = []
    /// By their nodes' order.
    public internal(set) var edges: [Edge] = []

    public enum Kind: String, Sendable, Encodable, CaseIterable, Comparable {
        case source, topic, `import`, ratings, run, model, table, view, output

        public static func < (one: Kind, other: Kind) -> Bool {
            (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
        }
    }

    public struct Node: Sendable, Equatable, Encodable {
        /// Such as `import:7`, `ratings:2`, `run:3` or `output:/data/out`.
        public let id: String
        public let kind: Kind
        public let title: String
        /// What tells this state of it from another: a number, or part of a checksum.
        public var version: String?
        /// SHA-256, in hexadecimal.
        public var checksum: String?
        /// When it was made, in seconds since 1970.
        public var time: Int64?
        public var rows: Int?
    }

    public struct Edge: Sendable, Equatable, Encodable {
        public let from: String
        public let to: String
        /// What happened in between, such as `imported` or `fitted`.
        public let by: String
    }

    public enum Direction: String, Sendable, CaseIterable {
        /// Towards the sources.
        case up
        /// Towards the outputs.
        case down
    }

    public func node(_ id: String) -> Node? { nodes.first { $0.id == id } }

    /// Everything that can be reached from a node, nearest first, without itself.
    ///
    /// - Complexity: O(nodes + edges).
    public func reached(from id: String, _ direction: Direction) -> [Node] {
        let pairs = edges.map { direction == .down ? ($0.from, $0.to) : ($0.to, $0.from) }
        let next = Dictionary(grouping: pairs, by: \.0)
        let all = Dictionary(nodes.map { ($0.id, $0) }) { first, _ in first }
        var (found, seen, place) = ([id], Set([id]), 0)
        while place < found.count {
            for (_, id) in next[found[place]] ?? [] where seen.insert(id).inserted { found.append(id) }
            place += 1
        }
        return found.dropFirst().compactMap { all[$0] }
    }

    mutating func add(_ node: Node) { nodes.append(node) }

    mutating func connect(_ from: String, _ to: String, by: String) {
        edges.append(Edge(from: from, to: to, by: by))
    }
}
