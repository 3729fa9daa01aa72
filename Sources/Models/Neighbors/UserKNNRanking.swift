public import LinearAlgebra
public import Ratings
import RealModule

/// The configuration of user-KNN ranking.
///
/// The defaults won a grid search on four random fifths held out of u1.base, the training part of MovieLens 100K's
/// first fold.
public struct UserKNNRankingConfiguration: Sendable, Equatable {
    /// The similarity measure, and k, the number of neighbors that count. The defaults are cosine with `bm25` and k =
    /// 120.
    public var similarity: SimilarityConfiguration = {
        var similarity = SimilarityConfiguration()
        similarity.itemWeights = .bm25
        similarity.neighbors = 120
        return similarity
    }()
    /// ρ > 0: larger values give near users more weight. The default is 3.
    public var amplification = 3.0
    /// The implementation of vector products; results do not depend on it. The default is `auto`.
    public var products = Products.auto
    /// ≥ 1; results do not depend on it. The default is 1.
    public var threads = 1

    /// Creates a configuration with the defaults.
    public init() {}

    /// Throws unless every field is in range.
    public func validate() throws(SimilarityError) {
        try similarity.validate()
        try OptionRange.amplification.check("amplification", amplification, SimilarityError.outOfRange)
        try OptionRange.threads.check("threads", threads, SimilarityError.outOfRange)
    }
}

/// Ranks items by the ratings of the nearest users: the score of item i for user u is Σ_v s_uv^ρ·r_vi over u's k
/// nearest.
///
/// Not a predicted rating: sorting by those ranks badly, since it favors what a single near user adored. Similarities
/// √½ to a user who rated 5 and 0.64 to one who rated 3, ρ = 2: 3.7288.
///
/// - Complexity: that of `AllPairs` to fit; scores of a user take O(ratings of the k nearest).
///
/// Source: Breese, Heckerman & Kadie 1998, arXiv:1301.7363, section 2.1.4, for ρ, "case amplification".
public struct UserKNNRanking: ItemRecommender {
    private let ratings: RatingMatrix
    private let vectors: PreparedVectors
    private let allPairs: AllPairs
    private let table: NeighborTable
    private let amplification: Double
    /// The fallback for users without neighbors.
    private let popularity: PopularityModel

    /// Fits the model to ratings.
    public static func fit(
        _ ratings: RatingMatrix, _ configuration: UserKNNRankingConfiguration = UserKNNRankingConfiguration()
    ) throws(SimilarityError) -> UserKNNRanking {
        try configuration.validate()
        let allPairs = try AllPairs(
            configuration.similarity, products: configuration.products, threads: configuration.threads)
        let vectors = PreparedVectors(ratings, configuration.similarity, threads: configuration.threads)
        return UserKNNRanking(
            ratings: ratings, vectors: vectors, allPairs: allPairs, table: try allPairs.neighbors(among: vectors),
            amplification: configuration.amplification, popularity: PopularityModel.fit(ratings))
    }

    /// Memory beyond the ratings, in bytes.
    public var bytes: Int { vectors.bytes + table.bytes + 4 * ratings.items.count }

    /// Users unseen in training or without neighbors get item popularity.
    public func scores(user: Int?) -> [Float] {
        scores(of: user.map { table.neighbors(of: $0) } ?? [])
    }

    public func scores(foldingIn ratings: UserRatings) -> [Float] {
        scores(of: allPairs.neighbors(foldingIn: ratings, among: vectors))
    }

    /// Who among a user's neighbors rated an item.
    public func evidence(for item: Int, of user: Int) -> ItemEvidence {
        evidence(for: item, among: table.neighbors(of: user))
    }

    /// The same for a user who is known by these ratings alone.
    public func evidence(for item: Int, foldingIn ratings: UserRatings) -> ItemEvidence {
        evidence(for: item, among: allPairs.neighbors(foldingIn: ratings, among: vectors))
    }

    private func scores(of neighbors: [Neighbor]) -> [Float] {
        guard !neighbors.isEmpty else { return popularity.scores(user: nil) }
        var scores = [Float](repeating: 0, count: ratings.items.count)
        for neighbor in neighbors {
            let weight = weight(of: neighbor)
            for (item, rating) in ratings.ratings(ofUser: Int(neighbor.user)) {
                scores[Int(item)] += weight * rating
            }
        }
        return scores
    }

    private func evidence(for item: Int, among neighbors: [Neighbor]) -> ItemEvidence {
        let raters = neighbors.compactMap { neighbor in
            ratings.rating(user: Int(neighbor.user), item: item).map { NeighborEvidence(neighbor, rating: $0) }
        }.sorted { one, other in
            (weight(of: other.neighbor) * other.rating, one.neighbor.user)
                < (weight(of: one.neighbor) * one.rating, other.neighbor.user)
        }
        return ItemEvidence(neighborCount: neighbors.count, raters: raters)
    }

    private func weight(of neighbor: Neighbor) -> Float {
        Float(Double.pow(Double(neighbor.similarity), amplification))
    }
}

/// What a user's neighbors say of an item.
public struct ItemEvidence: Sendable, Equatable {
    /// The neighbors that the user has, at most k.
    public let neighborCount: Int
    /// Those who rated the item, the weightiest first.
    public let raters: [NeighborEvidence]

    /// Creates evidence.
    public init(neighborCount: Int, raters: [NeighborEvidence]) {
        self.neighborCount = neighborCount
        self.raters = raters
    }
}

/// A neighbor and their rating of the item to explain.
public struct NeighborEvidence: Sendable, Equatable {
    /// The neighbor.
    public let neighbor: Neighbor
    /// The neighbor's rating of the item.
    public let rating: Float

    init(_ neighbor: Neighbor, rating: Float) {
        self.neighbor = neighbor
        self.rating = rating
    }
}
