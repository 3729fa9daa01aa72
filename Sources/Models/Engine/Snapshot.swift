public import Graphs
public import Neighbors
public import Ratings

/// All that Kindred knows of one set of ratings at one moment: immutable, and complete when it exists.
public struct Snapshot: Sendable {
    /// The ratings with their catalogs.
    public let dataset: Dataset
    /// The nearest neighbors of every user.
    public let neighbors: NeighborTable
    /// The graph with the support of its edges.
    public let similarity: SimilarityGraph
    /// The communities.
    public let partition: Partition
    /// What people know the communities by; where the graph followed another, they stay while a community stays.
    public private(set) var communityNumbers: CommunityNumbers
    /// What sets each community apart, in the order of the partition.
    public let profiles: [CommunityProfile]
    /// Q of the partition, at the configuration's resolution.
    public let modularity: Double
    /// Communities that are not connected inside.
    public let disconnectedCommunities: Int
    /// The mean normalized mutual information over all pairs of seeds, or nil where it was not asked for.
    public let stability: Double?
    /// Wall-clock seconds by stage.
    public let seconds: Seconds
    /// What a person should know of how the configuration was followed.
    public let notes: [String]

    init(
        dataset: Dataset, neighbors: NeighborTable, similarity: SimilarityGraph, partition: Partition,
        profiles: [CommunityProfile], modularity: Double, disconnectedCommunities: Int, stability: Double?,
        seconds: Seconds, notes: [String]
    ) {
        self.dataset = dataset
        self.neighbors = neighbors
        self.similarity = similarity
        self.partition = partition
        communityNumbers = CommunityNumbers(partition)
        self.profiles = profiles
        self.modularity = modularity
        self.disconnectedCommunities = disconnectedCommunities
        self.stability = stability
        self.seconds = seconds
        self.notes = notes
    }

    /// The number of a user's community.
    public func community(of user: Int) -> Int32 { communityNumbers.numbers[Int(partition.labels[user])] }

    /// The same with numbers that follow those before.
    ///
    /// - Parameter before: the number of each user's community, nil for users who had none.
    public func numbered(following before: [Int32?]) -> Snapshot {
        var snapshot = self
        snapshot.communityNumbers = CommunityNumbers(partition, following: before)
        return snapshot
    }

    /// The rating matrix.
    public var ratings: RatingMatrix { dataset.ratings }
    /// The graph of similar users.
    public var graph: Graph { similarity.graph }

    /// What the stages took, by the wall clock.
    public struct Seconds: Sendable {
        /// All pairs and the neighbor table.
        public var similarity = 0.0
        /// The graph.
        public var graph = 0.0
        /// Community detection.
        public var communities = 0.0
        /// Community profiles.
        public var profiles = 0.0
    }
}
