public import Engine
public import Ratings

/// The graph of similar users of one moment, with its communities: what files, pictures and pages show.
public final class GraphView: Sendable {
    public let graph: Snapshot
    /// The number of the newest change that is in it.
    public let number: Int64
    /// Tells it from every other of any store.
    public let version: String

    public var ratings: RatingMatrix { graph.ratings }
    public var dataset: Dataset { graph.dataset }

    /// As it was computed.
    init(_ base: LiveSnapshot) {
        graph = base.graph
        number = base.change
        version = base.version
    }

    /// As it has become since.
    init(_ graph: Snapshot, number: Int64, since base: LiveSnapshot) {
        self.graph = graph
        self.number = number
        version = base.version(at: number)
    }
}
