import LinearAlgebra

/// The Louvain method: move vertices, merge each community into a vertex, repeat.
///
/// Communities may be disconnected; those of `Leiden` are not.
///
/// - Complexity: about O(edges) per level in practice, few levels; O(vertices + edges) memory.
///
/// Source: Blondel, Guillaume, Lambiotte & Lefebvre 2008, doi:10.1088/1742-5468/2008/10/P10008. Where we differ: vertices
/// are visited from a queue (see `moveVertices`) instead of in rounds.
public struct Louvain: CommunityDetector {
    /// γ > 0 of modularity; larger values give smaller communities. The default is 1.
    public var resolution: Double
    /// ≥ 1; results do not depend on it. The default is 1.
    public var threads: Int

    /// Creates a detector.
    public init(resolution: Double = 1, threads: Int = 1) {
        precondition(resolution > 0, "resolution \(resolution)")
        self.resolution = resolution
        self.threads = threads
    }

    public func detect(
        in graph: Graph, using generator: inout some RandomNumberGenerator
    ) -> Partition {
        guard graph.totalWeight > 0 else { return Partition(singletons: graph.vertexCount) }
        var generator = SeededGenerator(seed: generator.next())
        let lowest = Network(graph)
        guard let communities = merge(lowest, using: &generator) else {
            return Partition(singletons: graph.vertexCount)
        }
        var labels = communities.labels
        var network = Network(aggregating: lowest, by: communities, threads: threads)
        while !Cancellation.current.isRequested, let communities = merge(network, using: &generator) {
            labels = labels.map { communities.labels[Int($0)] }
            network = Network(aggregating: network, by: communities, threads: threads)
        }
        return Partition(labels: labels)
    }

    /// The communities after moving single vertices, or nil if all stay alone.
    private func merge<Weight>(
        _ network: Network<Weight>, using generator: inout SeededGenerator
    ) -> Groups? {
        var labels = Array(0..<Int32(network.vertexCount))
        _ = moveVertices(of: network, labels: &labels, resolution: resolution, threads: threads, using: &generator)
        let communities = Groups.Numbering(compacting: labels)
        return communities.count < network.vertexCount ? Groups(communities) : nil
    }
}
