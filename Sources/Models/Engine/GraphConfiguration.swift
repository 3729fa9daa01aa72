public import LinearAlgebra
public import Neighbors

/// How the graph of similar users and its communities are made.
public struct GraphConfiguration: Sendable {
    /// The algorithm that finds communities.
    public enum Communities: String, Sendable, CaseIterable {
        /// Leiden, whose communities are connected.
        case leiden
        /// Louvain.
        case louvain
        /// Label propagation.
        case labels
        /// None: every user is a community of one.
        case none
    }

    /// Measure, neighbors and thresholds.
    public var similarity = SimilarityConfiguration()
    /// The default is `union`.
    public var combination = Combination.union
    /// The default is `leiden`.
    public var communities = Communities.leiden
    /// γ > 0 of modularity; larger values ask for smaller communities. The default is 1.
    public var resolution = 1.0
    /// Maximum number of restarts of Leiden or Louvain, each with other random choices; the partition with the highest modularity
    /// is kept, and restarts end early when three have found it. nil, the default, is 20 on graphs of up to 100,000 edges, fewer
    /// on larger ones and one from 2,000,000 edges.
    public var starts: Int?
    /// Seeds all random choices. The default is 1.
    public var seed: UInt64 = 1
    /// How many further seeds the communities are compared over, 0 for no comparison. The default is 0.
    public var stabilitySeeds = 0
    /// Who multiplies the vectors of users; results do not depend on it. The default is `auto`.
    public var products = Products.auto
    /// ≥ 1; results do not depend on it. The default is 1.
    public var threads = 1
    /// The most bytes that the similarities may take beside the ratings, or nil, the default, for no limit.
    public var memoryLimit: Int?

    /// The defaults.
    public init() {}

    /// How many times communities are sought on a graph of a size.
    func startCount(edges: Int) -> Int {
        starts ?? min(20, max(1, 2_000_000 / max(1, edges)))
    }

    /// Throws unless every field is in its range.
    public func validate() throws(SimilarityError) {
        try similarity.validate()
        let failure = SimilarityError.outOfRange
        try OptionRange.resolution.check("resolution", resolution, failure)
        if let starts { try OptionRange.restarts.check("starts", starts, failure) }
        try OptionRange.threads.check("threads", threads, failure)
    }
}
