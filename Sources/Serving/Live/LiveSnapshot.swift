public import Engine
import LinearAlgebra
public import Neighbors
public import Ratings
public import Store

/// All that a service answers from: computed of one state of the store, and never changed.
public final class LiveSnapshot: Sendable {
    /// The run that made it; another snapshot has another number.
    public let run: StoredRun
    public let graph: Snapshot
    public let models: [ModelKind: FittedModel]
    /// The newest comparison as `report.json`, where there was one.
    public let comparison: String?
    /// The number of the newest change of the store that is among its ratings, not counting imports.
    let change: Int64
    /// How many imports had written what is known of items and users.
    private let imports: Int

    public let similarItems: SimilarItems
    public let fans: ItemFans
    /// The minimum rating of a like.
    public let relevance: Float
    /// The mean rating of each item, nil where nobody has rated it.
    public let itemMeans: [Double?]
    /// Which figures of items others than administrators see.
    public let told: ToldItems
    /// The values that ratings take; nil where there are none.
    public let scale: RatingScale?

    public var ratings: RatingMatrix { graph.ratings }
    public var dataset: Dataset { graph.dataset }

    /// Tells it from every other of any store: the token of its run, and how many imports had written what is known of items and
    /// users.
    public let version: String

    /// - Parameter decision: the newest decision on the use of data by which users were left out later; nil where none was.
    init(
        run: StoredRun, graph: Snapshot, models: [ModelKind: FittedModel], comparison: String?, imports: Int,
        change: Int64, decision: Int64? = nil, _ configuration: LiveConfiguration
    ) {
        self.run = run
        self.imports = imports
        let left = decision.map { "-without-\($0)" } ?? ""
        version = "run-\(run.number)-\(String(run.token, radix: 36))-\(imports)\(left)"
        self.graph = graph
        self.models = models
        self.comparison = comparison
        self.change = change
        similarItems = SimilarItems(graph.ratings, threads: configuration.threads)
        let byItem = similarItems.byItem
        relevance = configuration.models.relevance(of: [graph.ratings])
        fans = ItemFans(graph.ratings, byItem: byItem, threshold: relevance)
        itemMeans = (0..<byItem.rows).map { item in
            let values = byItem.values[byItem.entries(ofRow: item)]
            return values.isEmpty ? nil : values.reduce(0) { $0 + Double($1) } / Double(values.count)
        }
        told = ToldItems(graph.ratings, byItem: byItem, hiding: configuration.smallestGroup)
        scale = RatingScale(of: graph.ratings)
    }

    /// The same run with other ratings of the same users and items.
    convenience init(
        of other: LiveSnapshot, _ graph: Snapshot, _ models: [ModelKind: FittedModel], decision: Int64,
        _ configuration: LiveConfiguration
    ) {
        self.init(
            run: other.run, graph: graph, models: models, comparison: other.comparison, imports: other.imports,
            change: other.change, decision: decision, configuration)
    }

    /// The number of a user's community; nil for a user it does not know.
    func community(of id: String) -> Int32? { ratings.users.index(of: id).map(graph.community) }

    /// A model that ranks items, or nil where the snapshot has none of this kind.
    public func recommender(_ kind: ModelKind) -> Recommender? {
        models[kind].flatMap { Recommender(kind, $0, of: dataset) }
    }

    /// How many have rated an item.
    public func ratingCount(ofItem item: Int) -> Int { similarItems.byItem.entries(ofRow: item).count }
}
