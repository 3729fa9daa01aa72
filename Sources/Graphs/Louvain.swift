/// Communities by the Louvain method: move vertices, merge each community into a vertex, repeat.
///
/// A community may come out disconnected; `Leiden` has no such communities.
///
/// - Complexity: about O(edges) a level in practice, few levels; O(vertices + edges) memory.
///
/// Source: Blondel, Guillaume, Lambiotte & Lefebvre 2008, doi:10.1088/1742-5468/2008/10/P10008. Where we differ: vertices
/// are visited from a queue (see `moveVertices`) instead of in rounds.
public struct Louvain: CommunityDetector {
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
        var network = Network(graph)
        var result = (0..<Int32(graph.vertexCount)).map { $0 }
        while true {
            var labels = (0..<Int32(network.vertexCount)).map { $0 }
            let moved = moveVertices(
                of: network, labels: &labels, resolution: resolution, using: &generator)
            guard moved else { return Partition(labels: result) }
            let communities = compacted(labels, below: network.vertexCount)
            result = result.map { communities.labels[Int($0)] }
            network = Network(
                aggregating: network, by: communities.labels, labelCount: communities.count)
        }
    }
}
