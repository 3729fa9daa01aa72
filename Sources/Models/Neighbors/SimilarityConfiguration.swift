import LinearAlgebra

/// The similarity measure of two users, and the choice of neighbors.
public struct SimilarityConfiguration: Sendable, Equatable {
    /// The value a rating contributes.
    public enum Measure: String, Sendable, CaseIterable {
        /// The rating as it is.
        case cosine
        /// The rating minus the user's mean rating.
        case centered
        /// The rating minus the baseline of regularized user and item biases (`BiasModel`).
        case baseline
    }

    /// The items that a user's norm covers.
    public enum Norms: String, Sendable, CaseIterable {
        /// All items the user rated.
        case all
        /// Items both users rated; with `centered` this is Pearson's correlation.
        case shared
    }

    /// The weight of an item.
    public enum ItemWeights: String, Sendable, CaseIterable {
        /// All items weigh the same.
        case none
        /// Rare items weigh more.
        case idf
        /// Rare items weigh more, and ratings of users with many ratings less.
        case bm25
    }

    /// k ≥ 1, the maximum number of neighbors per user. The default is 50.
    public var neighbors = 50
    /// The default is `cosine`.
    public var measure = Measure.cosine
    /// The default is `all`.
    public var norms = Norms.all
    /// The minimum support, the number of items both neighbors rated, ≥ 1. The default is 1.
    public var minSupport = 1
    /// The minimum similarity of neighbors, in 0…1; similarities must also be positive. The default is 0.
    public var minSimilarity: Float = 0
    /// β ≥ 0: a similarity is multiplied by support/(support + β). The default is 0.
    public var shrinkage = 0.0
    /// The default is `none`.
    public var itemWeights = ItemWeights.none

    /// Creates a configuration with the defaults.
    public init() {}

    /// Throws unless every field is in range.
    public func validate() throws(SimilarityError) {
        let failure = SimilarityError.outOfRange
        try OptionRange.neighbors.check("neighbors", neighbors, failure)
        try OptionRange.support.check("min-support", minSupport, failure)
        try OptionRange.similarity.check("min-similarity", minSimilarity, failure)
        try OptionRange.shrinkage.check("shrinkage", shrinkage, failure)
    }
}

/// A failure to compute similarities.
public enum SimilarityError: Error, Equatable, CustomStringConvertible {
    /// An option is out of range.
    case outOfRange(_ option: String, _ value: String, _ range: String)
    /// Even the smallest tiles exceed the memory limit.
    case needsMemory(bytes: Int, limit: Int)
    /// A measure by which one rating changes the similarities of everybody, asked of `LiveNeighbors`.
    case dependsOnEverybody(_ option: String, _ value: String)
    /// A measure that is fitted to all ratings, asked of `BlockPairs`.
    case needsAllRatings(_ option: String, _ value: String)
    /// The computation was ended early on request.
    case cancelled

    public var description: String {
        switch self {
        case .outOfRange(let option, let value, let range):
            "\(option) is \(value); it has to be \(range)"
        case .needsMemory(let bytes, let limit):
            """
            the neighbors of all users need up to \(Self.megabytes(bytes)) beside the ratings, and the memory limit leaves \
            \(Self.megabytes(limit)); raise it, or ask for fewer neighbors or threads
            """
        case .dependsOnEverybody(let option, let value):
            """
            \(option) is \(value): one rating changes the similarities of all users, so lists follow at a refresh; the \
            measures cosine and centered without item weights follow at once
            """
        case .needsAllRatings(let option, let value):
            """
            \(option) is \(value): its biases are fitted to all ratings, and a block has only those of its users; the \
            measures cosine and centered, with any item weights, can be computed by blocks
            """
        case .cancelled: "the search for neighbors was cancelled"
        }
    }

    private static func megabytes(_ bytes: Int) -> String { "\((bytes + 999_999) / 1_000_000) MB" }
}
