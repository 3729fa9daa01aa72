public import Graphs
public import Neighbors
public import Ratings

/// A similarity graph with all that its exports tell.
public struct GraphExport: Sendable {
    public let ratings: RatingMatrix
    public let neighbors: NeighborTable
    public let similarity: SimilarityGraph
    public let partition: Partition
    public let profiles: [CommunityProfile]
    public let items: ItemCatalog
    /// The mean rating of each user.
    let meanRatings: [Double]

    var graph: Graph { similarity.graph }

    public init(
        ratings: RatingMatrix, neighbors: NeighborTable, similarity: SimilarityGraph,
        partition: Partition, profiles: [CommunityProfile], items: ItemCatalog
    ) {
        self.ratings = ratings
        self.neighbors = neighbors
        self.similarity = similarity
        self.partition = partition
        self.profiles = profiles
        self.items = items
        meanRatings = ratings.userMeans
    }

    /// The title of an item, or its id where it has none.
    public func title(of item: Int) -> String { items.titles[item] ?? ratings.items[item] }
}
