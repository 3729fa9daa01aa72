import Factorization
import Neighbors
public import Ratings

/// The models that predict ratings, by their names on the command line.
public enum RatingModel: String, Sendable, CaseIterable {
    /// Regularized biases of user and item.
    case baseline
    /// Explicit alternating least squares.
    case als
    /// User-KNN.
    case knn

    /// Fits the model with its defaults.
    public func fit(_ ratings: RatingMatrix, seed: UInt64, threads: Int) throws -> any RatingPredictor {
        switch self {
        case .baseline: return BiasModel.fit(ratings)
        case .als:
            var configuration = ALSConfiguration()
            configuration.seed = seed
            configuration.threads = threads
            return try AlternatingLeastSquares(configuration).fit(ratings)
        case .knn: return try UserKNN.fit(ratings)
        }
    }
}
