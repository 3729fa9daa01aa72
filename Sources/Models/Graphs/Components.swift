extension Graph {
    /// The connected components.
    ///
    /// - Complexity: O(vertices + edges).
    public var components: Partition { components(within: nil) }

    /// The connected components of each community, ignoring edges between communities.
    public func components(within partition: Partition?) -> Partition {
        Partition(labels: connectedParts(offsets: offsets, neighbors: neighbors, within: partition?.labels).labels)
    }

    /// The number of disconnected communities.
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

/// The connected components of a network in CSR form, numbered by their first vertex. With labels, edges between
/// different labels are ignored.
func connectedParts(offsets: [Int], neighbors: [Int32], within labels: [Int32]?) -> Groups.Numbering {
    let vertexCount = offsets.count - 1
    let labels = labels ?? Array(repeating: 0, count: vertexCount)
    var parts = [Int32](repeating: -1, count: vertexCount)
    var count: Int32 = 0
    var stack: [Int32] = []
    for start in 0..<vertexCount where parts[start] < 0 {
        parts[start] = count
        stack.append(Int32(start))
        while let vertex = stack.popLast() {
            for position in offsets[Int(vertex)]..<offsets[Int(vertex) + 1] {
                let other = neighbors[position]
                guard parts[Int(other)] < 0, labels[Int(other)] == labels[Int(vertex)] else { continue }
                parts[Int(other)] = count
                stack.append(other)
            }
        }
        count += 1
    }
    return Groups.Numbering(labels: parts, count: Int(count))
}
