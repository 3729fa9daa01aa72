/// How the similarity of two users is measured, and which neighbors a user keeps.
public struct SimilarityConfiguration: Sendable, Equatable {
    /// What a rating contributes.
    public enum Measure: String, Sendable, CaseIterable {
        /// The rating as it is.
        case cosine
        /// The rating less the mean of the user's ratings.
        case centered
        /// The rating less the regularized biases of user and item (`BiasModel`).
        case baseline
    }

    /// Over which items a user's norm is taken.
    public enum Norms: String, Sendable, CaseIterable {
        /// All that the user rated.
        case all
        /// Those that both users rated; with `centered` this is Pearson's correlation.
        case shared
    }

    /// How much an item counts.
    public enum ItemWeights: String, Sendable, CaseIterable {
        /// Every item alike.
        case none
        /// Rare items more.
        case idf
        /// Rare items more, and the ratings of users with many ratings less.
        case bm25
    }

    /// k ≥ 1, the number of neighbors that a user keeps at most. The default is 50.
    public var neighbors = 50
    /// The default is `cosine`.
    public var measure = Measure.cosine
    /// The default is `all`.
    public var norms = Norms.all
    /// The least number of items that two neighbors have both rated, ≥ 1. The default is 1.
    public var minSupport = 1
    /// The least similarity of two neighbors, in 0…1; beyond it a similarity has to be positive. The default is 0.
    public var minSimilarity: Float = 0
    /// β ≥ 0: a similarity is multiplied by support/(support + β). The default is 0.
    public var shrinkage = 0.0
    /// The default is `none`.
    public var itemWeights = ItemWeights.none

    public init() {}

    /// Throws unless every field is in its range.
    public func validate() throws(SimilarityError) {
        if neighbors < 1 { throw .outOfRange("neighbors", "\(neighbors)", "at least 1") }
        if minSupport < 1 { throw .outOfRange("min-support", "\(minSupport)", "at least 1") }
        if !(0...1).contains(minSimilarity) {
            throw .outOfRange("min-similarity", "\(minSimilarity)", "between 0 and 1")
        }
        if !(shrinkage >= 0 && shrinkage.isFinite) {
            throw .outOfRange("shrinkage", "\(shrinkage)", "0 or more")
        }
    }
}

/// Why there are no similarities.
public enum SimilarityError: Error, Equatable, CustomStringConvertible {
    case outOfRange(_ option: String, _ value: String, _ range: String)
    /// Even the smallest tiles need more than the limit leaves beside the ratings.
    case needsMemory(bytes: Int, limit: Int)

    public var description: String {
        switch self {
        case .outOfRange(let option, let value, let range):
            "\(option) is \(value); it has to be \(range)"
        case .needsMemory(let bytes, let limit):
            """
            the neighbors of all users need up to \(Self.megabytes(bytes)) beside the ratings, and the memory limit leaves \
            \(Self.megabytes(limit)); raise it, or ask for fewer neighbors or threads
            """
        }
    }

    private static func megabytes(_ bytes: Int) -> String { "\((bytes + 999_999) / 1_000_000) MB" }
}
