public import Ratings
import RealModule

/// How the ratings of neighbors rank items.
///
/// The defaults are the best of a grid on four random fifths held out of u1.base, the training part of MovieLens 100K's first
/// fold.
public struct UserKNNRankingConfiguration: Sendable, Equatable {
    /// How near two users are, and k, how many of the nearest count. The defaults are cosine with `bm25` and k = 120.
    public var similarity: SimilarityConfiguration = {
        var similarity = SimilarityConfiguration()
        similarity.itemWeights = .bm25
        similarity.neighbors = 120
        return similarity
    }()
    /// ρ > 0: larger values let near users count more. The default is 3.
    public var amplification = 3.0
    /// ≥ 1; results do not depend on it. The default is 1.
    public var threads = 1

    public init() {}
}

/// Ranks items by what the nearest users rated: the score of item i for user u is Σ_v s_uv^ρ·r_vi over u's k nearest.
///
/// A score of its own: sorting by predicted ratings ranks badly, for it favors what a single near user adored.
/// Similarities √½ to a user who rated 5 and 0.64 to one who rated 3, ρ = 2: 3.7288.
///
/// - Complexity: that of `AllPairs` to fit; a user's scores take time for the ratings of the k nearest.
///
/// Source: Breese, Heckerman & Kadie 1998, arXiv:1301.7363, section 2.1.4, for ρ, "case amplification".
public struct UserKNNRanking: ItemRecommender {
    private let ratings: RatingMatrix
    private let neighbors: NeighborTable
    private let amplification: Double

    public static func fit(
        _ ratings: RatingMatrix, _ configuration: UserKNNRankingConfiguration = UserKNNRankingConfiguration()
    ) throws(SimilarityError) -> UserKNNRanking {
        guard configuration.amplification > 0, configuration.amplification.isFinite else {
            throw .outOfRange("amplification", "\(configuration.amplification)", "above 0")
        }
        let allPairs = try AllPairs(configuration.similarity, threads: configuration.threads)
        return UserKNNRanking(
            ratings: ratings, neighbors: allPairs.neighbors(in: ratings), amplification: configuration.amplification)
    }

    /// All zero for a user unseen in training or without neighbors.
    public func scores(user: Int?) -> [Float] {
        var scores = [Float](repeating: 0, count: ratings.items.count)
        guard let user else { return scores }
        for neighbor in neighbors.neighbors(of: user) {
            let weight = Float(Double.pow(Double(neighbor.similarity), amplification))
            for (item, rating) in ratings.ratings(ofUser: Int(neighbor.user)) {
                scores[Int(item)] += weight * rating
            }
        }
        return scores
    }
}
