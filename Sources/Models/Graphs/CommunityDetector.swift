/// An algorithm that finds communities: Leiden, Louvain or label propagation.
public protocol CommunityDetector: Sendable {
    /// Divides a graph into communities. Every vertex gets one; isolated vertices are communities of one.
    ///
    /// The result follows from the graph and the generator's state alone.
    func detect(in graph: Graph, using generator: inout some RandomNumberGenerator) -> Partition
}
