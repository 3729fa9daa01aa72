public import Engine
import Factorization
import LinearAlgebra
public import Ratings

/// The graph of similar users of one moment, with its communities and the model that follows ratings: what files, pictures,
/// pages and lists of `als` show.
public final class GraphView: Sendable {
    public let graph: Snapshot
    /// What is in it.
    let moment: GraphMoment
    /// Tells it from every other of any store.
    public let version: String
    /// How many have rated each item.
    public let itemCounts: [Int]
    /// The mean rating of each item, nil where nobody has rated it.
    public let itemMeans: [Double?]
    private let als: FittedModel?

    public var ratings: RatingMatrix { graph.ratings }
    public var dataset: Dataset { graph.dataset }

    /// As it was computed.
    convenience init(_ base: LiveSnapshot) {
        self.init(base.graph, als: base.models[.als], moment: GraphMoment(number: base.change), since: base)
    }

    /// As it has become since.
    convenience init(_ graph: Snapshot, als: FittedModel?, moment: GraphMoment, since base: LiveSnapshot) {
        self.init(graph, als: als, moment: moment, version: moment.version(since: base))
    }

    /// The graph of a part of the users.
    convenience init(_ graph: Snapshot, of view: GraphView, version: String) {
        self.init(graph, als: nil, moment: view.moment, version: version)
    }

    private init(_ graph: Snapshot, als: FittedModel?, moment: GraphMoment, version: String) {
        self.graph = graph
        self.als = als
        self.moment = moment
        self.version = version
        let matrix = graph.ratings.byUser
        var counts = [Int](repeating: 0, count: matrix.columns)
        var sums = [Double](repeating: 0, count: matrix.columns)
        for (item, value) in zip(matrix.columnIndices, matrix.values) {
            counts[Int(item)] += 1
            sums[Int(item)] += Double(value)
        }
        itemCounts = counts
        itemMeans = zip(counts, sums).map { count, sum in count == 0 ? nil : sum / Double(count) }
    }

    /// A model that has followed the ratings, or nil where it follows at a refresh only.
    public func recommender(_ kind: ModelKind) -> Recommender? {
        kind == .als ? als.flatMap { Recommender(.als, $0, of: dataset) } : nil
    }
}
