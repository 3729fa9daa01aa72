/// A partition of a graph's vertices into communities.
///
/// Communities are numbered from 0 by falling size, ties by lowest vertex, so that the numbering is unique.
public struct Partition: Sendable, Equatable {
    /// The community of each vertex.
    public let labels: [Int32]
    /// The number of vertices in each community, descending.
    public let sizes: [Int]

    /// The number of communities.
    public var communityCount: Int { sizes.count }

    /// Accepts any non-negative labels and renumbers the communities.
    public init(labels: [Int32]) {
        let labelCount = Int(labels.max() ?? -1) + 1
        var sizes = [Int](repeating: 0, count: labelCount)
        var lowest = [Int](repeating: labels.count, count: labelCount)
        for (vertex, label) in labels.enumerated() {
            sizes[Int(label)] += 1
            lowest[Int(label)] = min(lowest[Int(label)], vertex)
        }
        let order = (0..<labelCount).filter { sizes[$0] > 0 }
            .sorted { (sizes[$1], lowest[$0]) < (sizes[$0], lowest[$1]) }
        var number = [Int32](repeating: -1, count: labelCount)
        for (new, old) in order.enumerated() { number[old] = Int32(new) }
        self.labels = labels.map { number[Int($0)] }
        self.sizes = order.map { sizes[$0] }
    }

    /// A partition of vertices of which some had a community before: a start for `Leiden` on a graph that changed.
    ///
    /// - Parameter communities: by vertex, ≥ 0; vertices without one become singletons.
    public init(following communities: [Int32?]) {
        var fresh = (communities.lazy.compactMap(\.self).max() ?? -1) + 1
        self.init(
            labels: communities.map { community in
                guard let community else {
                    defer { fresh += 1 }
                    return fresh
                }
                return community
            })
    }

    /// The partition into singletons.
    public init(singletons vertexCount: Int) {
        self.init(labels: (0..<Int32(vertexCount)).map { $0 })
    }

    /// The vertices of each community, ascending.
    public var members: [[Int]] {
        var members = sizes.map { size in
            var list: [Int] = []
            list.reserveCapacity(size)
            return list
        }
        for (vertex, label) in labels.enumerated() { members[Int(label)].append(vertex) }
        return members
    }
}
