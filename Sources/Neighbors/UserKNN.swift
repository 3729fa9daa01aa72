import LinearAlgebra
public import Ratings

/// How the ratings of neighbors make a prediction.
///
/// The defaults are the best of a grid on three random tenths held out of u1.base, the training part of MovieLens 100K's first
/// fold.
public struct UserKNNConfiguration: Sendable, Equatable {
    /// How near two users are, and k, how many of an item's raters count. The defaults are `baseline` over `shared` items,
    /// shrinkage 200 and k = 40.
    public var similarity: SimilarityConfiguration = {
        var similarity = SimilarityConfiguration()
        similarity.measure = .baseline
        similarity.norms = .shared
        similarity.shrinkage = 200
        similarity.neighbors = 40
        return similarity
    }()
    /// δ ≥ 0, added to the sum of similarities: few or far neighbors move a prediction less. The default is 0.15.
    public var damping = 0.15
    /// The biases that predictions start from.
    public var biases = BiasConfiguration()

    public init() {}

    /// Throws unless every field is in its range.
    public func validate() throws(SimilarityError) {
        try similarity.validate()
        if !(damping >= 0 && damping.isFinite) { throw .outOfRange("damping", "\(damping)", "0 or more") }
    }
}

/// Predicts a rating from the users nearest among those who rated the item.
///
/// r̂_ui = b_ui + Σ_v s_uv·(r_vi − b_vi) / (δ + Σ_v s_uv), over the k raters v of i most similar to u; b are the regularized
/// biases of user and item. Only positive similarities count; without any the biases answer.
///
/// One rater with s = 0.5 and a rating 1 above their b, δ = 0.5: the prediction is b_ui + 0.5.
///
/// - Complexity: O(ratings) to fit, in time and memory; a prediction takes time for the ratings of all raters of the item.
///
/// Source: Koren 2010, doi:10.1145/1644873.1644874, section 2.2. Where we differ: δ, and k counts raters of the item.
public struct UserKNN: RatingPredictor {
    public let configuration: UserKNNConfiguration
    public let biases: BiasModel
    private let vectors: PreparedVectors
    private let byItem: SparseMatrix<Float>
    private let scale: RatingScale?

    public static func fit(
        _ ratings: RatingMatrix, _ configuration: UserKNNConfiguration = UserKNNConfiguration()
    ) throws(SimilarityError) -> UserKNN {
        try configuration.validate()
        return UserKNN(
            configuration: configuration, biases: BiasModel.fit(ratings, configuration.biases),
            vectors: PreparedVectors(ratings, configuration.similarity),
            byItem: ratings.byUser.transposed(), scale: RatingScale(of: ratings))
    }

    public func prediction(user: Int?, item: Int?) -> Double {
        var value = biases.prediction(user: user, item: item)
        if let user, let item { value += correction(user, item) }
        guard let scale else { return value }
        return min(Double(scale.maximum), max(Double(scale.minimum), value))
    }

    /// What the neighbors add to the biases.
    private func correction(_ user: Int, _ item: Int) -> Double {
        let raters = byItem.entries(ofRow: item)
        let nearest = raters.lazy.filter { byItem.columnIndices[$0] != user }
            .map { (rater: $0, similarity: similarity(user, Int(byItem.columnIndices[$0]))) }
            .filter { $0.similarity > 0 }
            .sorted { ($1.similarity, $0.rater) < ($0.similarity, $1.rater) }
            .prefix(configuration.similarity.neighbors)
        var weighted = 0.0
        var total = configuration.damping
        for (rater, similarity) in nearest {
            let other = Int(byItem.columnIndices[rater])
            let surprise = Double(byItem.values[rater]) - biases.prediction(user: other, item: item)
            weighted += Double(similarity) * surprise
            total += Double(similarity)
        }
        return total > 0 ? weighted / total : 0
    }

    private func similarity(_ u: Int, _ v: Int) -> Float {
        let formula = SimilarityFormula(configuration.similarity)
        switch vectors {
        case .exact(let vectors): return vectors.similarity(u, v, formula).similarity
        case .rounded(let vectors): return vectors.similarity(u, v, formula).similarity
        }
    }
}
