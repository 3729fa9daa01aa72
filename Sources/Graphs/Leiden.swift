/// Communities by the Leiden method: move vertices, refine each community into well-connected parts, merge the parts.
///
/// The levels repeat until nothing merges, and whole runs repeat from the partition they found until modularity stops
/// rising. Every community is connected.
///
/// - Complexity: about O(edges) a level in practice; O(vertices + edges) memory.
///
/// Source: Traag, Waltman & van Eck 2019, doi:10.1038/s41598-019-41695-z. Where we differ: the last partition is cut into
/// its connected parts, which never lowers modularity and makes the promise hold unconditionally.
public struct Leiden: CommunityDetector {
    /// γ > 0 of modularity; larger values ask for smaller communities. The default is 1.
    public var resolution: Double

    public init(resolution: Double = 1) {
        precondition(resolution > 0, "resolution \(resolution)")
        self.resolution = resolution
    }

    public func detect(
        in graph: Graph, using generator: inout some RandomNumberGenerator
    ) -> Partition {
        guard graph.totalWeight > 0 else { return Partition(singletons: graph.vertexCount) }
        let network = Network(graph)
        var best = Partition(singletons: graph.vertexCount)
        var bestQuality = -Double.infinity
        while true {
            let labels = improve(best.labels, of: network, using: &generator)
            let found = graph.components(within: Partition(labels: labels))
            let quality = modularity(of: found, in: graph, resolution: resolution)
            guard quality > bestQuality + 1e-12 else { return best }
            best = found
            bestQuality = quality
        }
    }

    /// One run through all levels, from a given partition of the lowest.
    private func improve(
        _ start: [Int32], of lowest: Network, using generator: inout some RandomNumberGenerator
    ) -> [Int32] {
        var network = lowest
        var labels = start
        /// The vertex of `network` that each original vertex is part of.
        var place = (0..<Int32(lowest.vertexCount)).map { $0 }
        while true {
            _ = moveVertices(
                of: network, labels: &labels, resolution: resolution, using: &generator)
            let communities = compacted(labels, below: network.vertexCount)
            let refined = refine(
                network, communities: communities.labels, communityCount: communities.count,
                resolution: resolution, using: &generator)
            guard refined.count < network.vertexCount else {
                return place.map { communities.labels[Int($0)] }
            }
            var labelOfPart = [Int32](repeating: 0, count: refined.count)
            for (vertex, part) in refined.labels.enumerated() {
                labelOfPart[Int(part)] = communities.labels[vertex]
            }
            place = place.map { refined.labels[Int($0)] }
            network = Network(
                aggregating: network, by: refined.labels, labelCount: refined.count)
            labels = labelOfPart
        }
    }
}
