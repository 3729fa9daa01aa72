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
    /// The threads that put text together.
    let threads: Int
    /// The mean rating of each user.
    let meanRatings: [Double]
    /// The number of the first edge of each user, in the order of `graph.edges`, and the number of all edges at the end.
    private let firstEdges: [Int]

    var graph: Graph { similarity.graph }

    public init(
        ratings: RatingMatrix, neighbors: NeighborTable, similarity: SimilarityGraph,
        partition: Partition, profiles: [CommunityProfile], items: ItemCatalog, threads: Int = 1
    ) {
        self.ratings = ratings
        self.neighbors = neighbors
        self.similarity = similarity
        self.partition = partition
        self.profiles = profiles
        self.items = items
        self.threads = threads
        meanRatings = ratings.userMeans
        let graph = similarity.graph
        firstEdges = (0..<graph.vertexCount).reduce(into: [0]) { sums, vertex in
            let upper = graph.adjacency(of: vertex).reduce(0) { $0 + (graph.neighbors[$1] > vertex ? 1 : 0) }
            sums.append(sums[sums.count - 1] + upper)
        }
    }

    /// Calls `body` for each edge whose source is a user, in the order of `graph.edges`.
    @inline(__always)
    func forEachEdge(
        from source: Int, _ body: (_ number: Int, _ target: Int32, _ weight: Float, _ support: Int32) -> Void
    ) {
        var number = firstEdges[source]
        let (graph, supports) = (graph, similarity.supports)
        for position in graph.adjacency(of: source) where graph.neighbors[position] > source {
            body(number, graph.neighbors[position], graph.weights[position], supports[number])
            number += 1
        }
    }

    /// The title of an item, or its id where it has none.
    public func title(of item: Int) -> String { items.titles[item] ?? ratings.items[item] }
}
