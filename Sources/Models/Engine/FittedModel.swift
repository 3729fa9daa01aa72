public import Factorization
import LinearAlgebra
public import Neighbors
public import Ratings

/// A fitted model, whichever it is.
public enum FittedModel: Sendable {
    /// A mean of ratings: of all, of the user or of the item.
    case mean(MeanModel)
    /// Regularized biases.
    case baseline(BiasModel)
    /// What most users liked.
    case popularity(PopularityModel)
    /// Explicit alternating least squares.
    case als(FactorModel)
    /// Bayesian matrix factorization.
    case bayes(BayesianModel)
    /// User-KNN: one model predicts ratings, the other ranks items.
    case knn(UserKNN, UserKNNRanking)
    /// Implicit alternating least squares.
    case implicit(ImplicitModel)
    /// The item-item closed form.
    case ease(EASE)
    /// `implicit` and the closed forms together.
    case blend(BlendedModel)

    /// The model as one that predicts ratings, or nil where it does not.
    public var predictor: (any RatingPredictor)? {
        switch self {
        case .mean(let model): model
        case .baseline(let model): model
        case .als(let model): model
        case .bayes(let model): model
        case .knn(let model, _): model
        case .popularity, .implicit, .ease, .blend: nil
        }
    }

    /// The model as one that ranks items, or nil where it does not.
    public var recommender: (any ItemRecommender)? {
        switch self {
        case .mean, .baseline: nil
        case .popularity(let model): model
        case .als(let model): model
        case .bayes(let model): model
        case .knn(_, let model): model
        case .implicit(let model): model
        case .ease(let model): model
        case .blend(let model): model
        }
    }

    /// What the model holds beside the ratings that it shares with all others.
    public var bytes: Int {
        func bytes(_ rows: Int, _ columns: Int) -> Int { 4 * rows * columns }
        switch self {
        case .mean(let model): return 8 * model.count
        case .baseline(let model): return 8 * (model.userBiases.count + model.itemBiases.count)
        case .popularity(let model): return 4 * model.scores(user: nil).count
        case .als(let model):
            return model.parts.reduce(0) { sum, part in
                sum + bytes(part.users.rows + part.items.rows, part.users.rank + 1)
            }
        case .bayes(let model):
            let order = model.users.means.columns
            return bytes(model.users.means.rows + model.items.means.rows, order * (order + 1) + 1)
                + 8 * 2 * (model.hours?.means.count ?? 0)
        case .knn(let prediction, let ranking): return prediction.bytes + ranking.bytes
        case .implicit(let model): return bytes(model.users.rows + model.items.rows, model.items.columns)
        case .ease(let model): return bytes(model.weights.rows, model.weights.columns)
        case .blend(let model):
            return FittedModel.implicit(model.implicit).bytes
                + bytes(model.users.inverse.rows, model.users.inverse.columns)
                + (model.items.map { FittedModel.ease($0).bytes } ?? 0)
        }
    }
}

/// Told how far a fit is: the share that is done, and the loss of a model that has one.
public typealias FitProgress = (_ share: Double, _ loss: Double?) -> Void

extension ModelKind {
    /// Fits the model.
    ///
    /// - Parameters:
    ///   - dataset: `bayes`, `ease` and `blend` use its features where they are configured to.
    ///   - start: where `als` goes on from.
    public func fit(
        _ dataset: Dataset, _ configuration: ModelConfiguration, from start: FactorModel? = nil,
        progress: FitProgress? = nil
    ) throws -> FittedModel {
        let (ratings, side) = (dataset.ratings, dataset.features)
        let chosen = configuration.ranked(for: ratings)
        switch self {
        case .global: return .mean(MeanModel.fit(ratings, .global))
        case .userMean: return .mean(MeanModel.fit(ratings, .user))
        case .itemMean: return .mean(MeanModel.fit(ratings, .item))
        case .baseline: return .baseline(BiasModel.fit(ratings, chosen.baseline))
        case .popularity: return .popularity(PopularityModel.fit(ratings, threshold: chosen.relevance(of: [ratings])))
        case .als:
            let (steps, restarts) = (2 * chosen.als.iterations, chosen.als.restarts)
            var restart = -1
            return .als(
                try AlternatingLeastSquares(chosen.als).fit(ratings, from: start) { step, loss in
                    if step == 1 { restart += 1 }
                    // The losses of the last restart speak for all.
                    let share = Double(restart * steps + step) / Double(steps * restarts)
                    progress?(share, restart == restarts - 1 ? loss : nil)
                })
        case .bayes:
            let sweeps = Double(chosen.bayes.burnIn + chosen.bayes.samples)
            return .bayes(
                try BayesianFactorization(chosen.bayes).fit(ratings, side: side) { progress?(Double($0) / sweeps, $1) })
        case .knn:
            return .knn(
                try UserKNN.fit(ratings, chosen.knn), try UserKNNRanking.fit(ratings, chosen.ranking))
        case .implicit:
            let steps = Double(2 * chosen.implicit.iterations)
            return .implicit(try ImplicitALS(chosen.implicit).fit(ratings) { progress?(Double($0) / steps, $1) })
        case .ease: return .ease(try EASE.fit(ratings, chosen.ease, side: side))
        case .blend:
            let steps = Double(2 * chosen.implicit.iterations)
            return try .blend(dataset, chosen) {
                try ImplicitALS(chosen.implicit).fit(ratings) { progress?(Double($0) / steps, $1) }
            }
        }
    }
}

extension FittedModel {
    /// `implicit` together with the closed forms: that of users, and with features that of items.
    ///
    /// - Parameter implicit: called last, for a closed form may be refused.
    static func blend(
        _ dataset: Dataset, _ configuration: ModelConfiguration, implicit: () throws -> ImplicitModel
    ) throws -> FittedModel {
        let (ratings, side) = (dataset.ratings, dataset.features)
        let users = try UserEASE.fit(ratings, configuration.userEASE, side: side)
        var ease = configuration.ease
        ease.usesFeatures = true
        let items = configuration.userEASE.usesFeatures ? try EASE.fit(ratings, ease, side: side) : nil
        return .blend(BlendedModel(implicit: try implicit(), users: users, items: items, ratings: ratings))
    }
}
