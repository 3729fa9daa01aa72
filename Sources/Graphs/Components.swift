extension Graph {
    /// The connected components.
    ///
    /// - Complexity: O(vertices + edges).
    public var components: Partition { components(within: nil) }

    /// The connected parts of each community: what is left when the edges between communities are cut.
    public func components(within partition: Partition?) -> Partition {
        var labels = [Int32](repeating: -1, count: vertexCount)
        var componentCount: Int32 = 0
        var stack: [Int] = []
        for start in 0..<vertexCount where labels[start] < 0 {
            labels[start] = componentCount
            stack.append(start)
            while let vertex = stack.popLast() {
                for position in adjacency(of: vertex) {
                    let other = Int(neighbors[position])
                    guard labels[other] < 0,
                        partition.map({ $0.labels[other] == $0.labels[vertex] }) ?? true
                    else { continue }
                    labels[other] = componentCount
                    stack.append(other)
                }
            }
            componentCount += 1
        }
        return Partition(labels: labels)
    }

    /// How many communities are not connected inside.
    public func disconnectedCommunityCount(of partition: Partition) -> Int {
        let parts = components(within: partition)
        var partCounts = [Int](repeating: 0, count: partition.communityCount)
        var counted = [Bool](repeating: false, count: parts.communityCount)
        for vertex in 0..<vertexCount where !counted[Int(parts.labels[vertex])] {
            counted[Int(parts.labels[vertex])] = true
            partCounts[Int(partition.labels[vertex])] += 1
        }
        return partCounts.count { $0 > 1 }
    }
}
