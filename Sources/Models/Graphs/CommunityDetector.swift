/// A community detection algorithm: Leiden, Louvain or label propagation.
public protocol CommunityDetector: Sendable {
    /// Partitions a graph into communities. Isolated vertices are singletons.
    ///
    /// The result depends only on the graph and the generator's state. Where the run is cancelled (`Cancellation`), it is
    /// any partition.
    func detect(in graph: Graph, using generator: inout some RandomNumberGenerator) -> Partition
}
