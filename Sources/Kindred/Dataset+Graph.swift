public import Engine
public import Neighbors
public import Ratings

extension Dataset {
    /// The exact graph of similar users with its communities.
    ///
    /// ```swift
    /// let graph = try data.similarityGraph(neighbors: 10)
    /// print(graph.communityCount, graph.modularity)
    /// try graph.export(to: "out", formats: [.graphML, .csv])
    /// ```
    ///
    /// - Parameters:
    ///   - neighbors: k, how many nearest users each user is joined with.
    ///   - configuration: measure, communities and all else; its number of neighbors is not used.
    /// - Throws: `SimilarityError` for values out of range.
    public func similarityGraph(
        neighbors: Int = 50, configuration: GraphConfiguration = .onAllProcessors
    ) throws(SimilarityError) -> Snapshot {
        var configuration = configuration
        configuration.similarity.neighbors = neighbors
        return try GraphEngine(configuration).snapshot(of: self)
    }
}

extension Snapshot {
    /// How many communities there are, those of a single user among them.
    public var communityCount: Int { partition.communityCount }

    /// The users nearest to a user, nearest first, by id.
    ///
    /// - Throws: `UnknownUser`.
    public func neighbors(
        of user: String
    ) throws(UnknownUser) -> [(user: String, similarity: Float, support: Int)] {
        guard let index = ratings.users.index(of: user) else { throw UnknownUser(user, in: dataset) }
        return neighbors.neighbors(of: index).map { near in
            (user: ratings.users[Int(near.user)], similarity: near.similarity, support: Int(near.support))
        }
    }
}
