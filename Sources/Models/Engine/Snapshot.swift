public import Graphs
public import Neighbors
public import Ratings

/// All that Kindred knows of one set of ratings at one moment: immutable, and complete when it exists.
public struct Snapshot: Sendable {
    public let dataset: Dataset
    public let neighbors: NeighborTable
    public let similarity: SimilarityGraph
    public let partition: Partition
    public let profiles: [CommunityProfile]
    /// Q of the partition, at the configuration's resolution.
    public let modularity: Double
    /// Communities that are not connected inside.
    public let disconnectedCommunities: Int
    /// The mean normalized mutual information over all pairs of seeds, or nil where it was not asked for.
    public let stability: Double?
    public let seconds: Seconds
    /// What a person should know of how the configuration was followed.
    public let notes: [String]

    public var ratings: RatingMatrix { dataset.ratings }
    public var graph: Graph { similarity.graph }

    /// What the stages took, by the wall clock.
    public struct Seconds: Sendable {
        public var similarity = 0.0
        public var graph = 0.0
        public var communities = 0.0
        public var profiles = 0.0
    }
}
