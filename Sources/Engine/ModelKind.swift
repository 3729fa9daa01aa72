import Factorization
import Neighbors
public import Ratings

/// The models, by their names on the command line.
public enum ModelKind: String, Sendable, CaseIterable {
    /// Regularized biases of user and item; predicts only.
    case baseline
    /// What most users liked; ranks only.
    case popularity
    /// Explicit alternating least squares.
    case als
    /// User-KNN.
    case knn

    /// Fits the model with its defaults.
    ///
    /// - Parameter relevance: ratings of at least this much are likes.
    public func fit(
        _ ratings: RatingMatrix, relevance: Float, seed: UInt64, threads: Int
    ) throws -> FittedModel {
        switch self {
        case .baseline: return FittedModel(predictor: BiasModel.fit(ratings), recommender: nil)
        case .popularity:
            return FittedModel(predictor: nil, recommender: PopularityModel.fit(ratings, threshold: relevance))
        case .als:
            var configuration = ALSConfiguration()
            // The default is for data of some size; few users or items have fewer factors.
            configuration.rank = max(1, min(configuration.rank, ratings.users.count - 1, ratings.items.count - 1))
            configuration.seed = seed
            configuration.threads = threads
            let model = try AlternatingLeastSquares(configuration).fit(ratings)
            return FittedModel(predictor: model, recommender: model)
        case .knn:
            var ranking = UserKNNRankingConfiguration()
            ranking.threads = threads
            return FittedModel(
                predictor: try UserKNN.fit(ratings), recommender: try UserKNNRanking.fit(ratings, ranking))
        }
    }
}

/// A fitted model by what it can do.
public struct FittedModel: Sendable {
    public let predictor: (any RatingPredictor)?
    public let recommender: (any ItemRecommender)?
}
