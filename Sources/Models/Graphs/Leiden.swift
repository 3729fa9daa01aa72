import LinearAlgebra

/// The Leiden method: move vertices, refine each community into well-connected parts, merge the parts.
///
/// Levels repeat until nothing merges, and whole runs restart from the partition found until no vertex moves or
/// modularity stops rising. Every community is connected.
///
/// - Complexity: about O(edges) per level in practice; O(vertices + edges) memory.
///
/// Source: Traag, Waltman & van Eck 2019, doi:10.1038/s41598-019-41695-z. Where we differ: the final partition is split
/// into connected components, which never lowers modularity and guarantees connected communities unconditionally.
public struct Leiden: CommunityDetector {
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
        let singletons = Found(labels: Array(0..<Int32(graph.vertexCount)), quality: -.infinity)
        return improved(singletons, in: graph, seed: generator.next())
    }

    /// Follows a graph that changed: starts from the partition found before, not from singletons.
    ///
    /// Vertices move out of and between its communities, which also split and merge, so long as modularity rises. What
    /// still fits stays, and modularity is at least that of the start.
    ///
    /// - Parameter start: of the same vertices; new ones are best alone (`Partition(following:)`).
    public func detect(
        in graph: Graph, from start: Partition, using generator: inout some RandomNumberGenerator
    ) -> Partition {
        precondition(start.labels.count == graph.vertexCount, "one label per vertex")
        guard graph.totalWeight > 0 else { return Partition(singletons: graph.vertexCount) }
        return improved(connected(start.labels, of: Network(graph)), in: graph, seed: generator.next())
    }

    /// Moves, refines and merges until modularity stops rising.
    private func improved(_ start: Found, in graph: Graph, seed: UInt64) -> Partition {
        guard graph.totalWeight > 0 else { return Partition(singletons: graph.vertexCount) }
        var generator = SeededGenerator(seed: seed)
        let network = Network(graph)
        var (best, isFirst) = (start, true)
        while true {
            var labels = best.labels
            let hasMoved = move(&labels, of: network, using: &generator)
            // Where no vertex moves, communities may still merge, unless that was tried.
            guard hasMoved || isFirst, !Cancellation.current.isRequested else { break }
            isFirst = false
            let found = merge(labels, of: network, using: &generator)
            guard found.quality > best.quality + 1e-12 else { break }
            best = found
        }
        return Partition(labels: best.labels)
    }

    private struct Found {
        var labels: [Int32]
        var quality: Double
    }

    private func move<Weight>(
        _ labels: inout [Int32], of network: Network<Weight>, using generator: inout SeededGenerator
    ) -> Bool {
        moveVertices(of: network, labels: &labels, resolution: resolution, threads: threads, using: &generator)
    }

    /// Refines communities, merges each part into a vertex and repeats until nothing merges.
    private func merge<Weight>(
        _ labels: [Int32], of network: Network<Weight>, using generator: inout SeededGenerator
    ) -> Found {
        let communities = Groups(Groups.Numbering(compacting: labels))
        let parts = refine(
            network, communities: communities, resolution: resolution, threads: threads, seed: generator.next())
        guard parts.count < network.vertexCount else { return connected(communities.labels, of: network) }
        let merged = Network(aggregating: network, by: parts, threads: threads)
        var labels = [Int32](repeating: 0, count: parts.count)
        for (vertex, part) in parts.labels.enumerated() { labels[Int(part)] = communities.labels[vertex] }
        _ = move(&labels, of: merged, using: &generator)
        var found = merge(labels, of: merged, using: &generator)
        found.labels = parts.labels.map { found.labels[Int($0)] }
        return found
    }

    /// The connected components of communities, and the modularity of that partition.
    private func connected<Weight>(
        _ labels: [Int32], of network: Network<Weight>
    ) -> Found {
        let parts = connectedParts(offsets: network.offsets, neighbors: network.neighbors, within: labels)
        var inside = [Double](repeating: 0, count: parts.count)
        var volumes = inside
        for vertex in 0..<network.vertexCount {
            let label = parts.labels[vertex]
            volumes[Int(label)] += network.volumes[vertex]
            inside[Int(label)] += network.volumes[vertex]
            for position in network.adjacency(of: vertex)
            where parts.labels[Int(network.neighbors[position])] != label {
                inside[Int(label)] -= Double(network.weights[position])
            }
        }
        let quality = zip(inside, volumes).reduce(0) { sum, community in
            let share = community.1 / network.totalVolume
            return sum + community.0 / network.totalVolume - resolution * share * share
        }
        return Found(labels: parts.labels, quality: quality)
    }
}
