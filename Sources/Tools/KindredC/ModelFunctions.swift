public import CKindred
import Kindred

/// A fitted model by handle: `kindred_model`.
final class HeldModel: Sendable {
    let kind: ModelKind
    let model: FittedModel
    let dataset: Dataset
    /// The training loss after each step, as far as it is known.
    let losses: [Double]
    /// The minimum rating of a like, of a model that learns from likes.
    let relevance: Float?

    var ratings: RatingMatrix { dataset.ratings }

    init(_ kind: ModelKind, _ model: FittedModel, of dataset: Dataset, losses: [Double], relevance: Float?) {
        self.kind = kind
        self.model = model
        self.dataset = dataset
        self.losses = losses
        self.relevance = relevance
    }

    /// - Throws: `Failure` for a handle of no model.
    @safe static func of(_ handle: OpaquePointer?) throws(Failure) -> HeldModel {
        try Handles.object(handle, noun: "model")
    }
}

@c @implementation
public func kindred_model_fit(
    _ kind: UnsafePointer<CChar>?, _ ratings: OpaquePointer?, _ options: UnsafePointer<CChar>?, _ call: OpaquePointer?,
    _ model: UnsafeMutablePointer<OpaquePointer?>?
) -> kindred_status {
    answer(call) { call in
        let result = try unsafe place(model, "model")
        let kind = try unsafe modelKind(String(c: kind) ?? "")
        let dataset = try HeldRatings.of(ratings).dataset
        let configuration = try unsafe ModelOptions(options).configuration(for: kind)
        try requireMemory(kind.memoryEstimate(configuration, for: dataset.ratings), "\(kind.rawValue) and its fit")
        var losses: [Double] = []
        let fitted = try kind.fit(dataset, configuration) { share, loss in
            if let loss { losses.append(loss) }
            call.report(share)
        }
        let relevance = kind.learnsFromLikes ? configuration.relevance(of: [dataset.ratings]) : nil
        unsafe result.pointee = Handles.insert(
            HeldModel(kind, fitted, of: dataset, losses: losses, relevance: relevance))
    }
}

extension ModelKind {
    /// Whether the model learns from likes.
    fileprivate var learnsFromLikes: Bool {
        switch self {
        case .popularity, .implicit, .ease, .blend: true
        case .global, .userMean, .itemMean, .baseline, .als, .bayes, .knn: false
        }
    }

    /// About the most bytes that a fit takes beside the ratings.
    fileprivate func memoryEstimate(_ configuration: ModelConfiguration, for ratings: RatingMatrix) -> Int {
        let (users, items) = (ratings.users.count, ratings.items.count)
        let transposed = 16 * ratings.count
        func factors(_ rank: Int, copies: Int) -> Int { 4 * (rank + 1) * (users + items) * copies }
        switch self {
        case .global, .userMean, .itemMean, .baseline, .popularity: return 32 * (users + items)
        case .als: return factors(configuration.als.rank, copies: configuration.als.restarts + 2) + transposed
        case .implicit: return factors(configuration.implicit.rank, copies: 3) + transposed
        case .bayes:
            return factors(configuration.bayes.rank, copies: 2 * configuration.bayes.rank + 4) + 4 * transposed
        case .knn:
            let near = min(users, configuration.knn.similarity.neighbors + configuration.ranking.similarity.neighbors)
            return 3 * transposed + 24 * users * near
        case .ease, .blend:
            // The matrices of the closed forms have a limit of their own.
            return ModelKind.implicit.memoryEstimate(configuration, for: ratings)
        }
    }
}

@c @implementation
public func kindred_model_free(_ model: OpaquePointer?) { Handles.remove(model, HeldModel.self) }

@c @implementation
public func kindred_model_figures_of(
    _ model: OpaquePointer?, _ figures: UnsafeMutablePointer<kindred_model_figures>?
) -> kindred_status {
    answer {
        let held = try HeldModel.of(model)
        let mean: Double = if case .als(let model) = held.model { Double(model.mean) } else { 0 }
        unsafe try place(figures, "figures").pointee = kindred_model_figures(
            users: Int64(held.ratings.users.count), items: Int64(held.ratings.items.count),
            rank: Int64(held.model.vectorRank), restarts: Int64(held.model.restarts), losses: Int64(held.losses.count),
            bytes: Int64(held.model.bytes), mean: mean, relevant: held.relevance.map(Double.init) ?? .nan,
            predicts: held.model.predictor == nil ? 0 : 1, ranks: held.model.recommender == nil ? 0 : 1,
            saves: held.model.stored == nil ? 0 : 1)
    }
}

@c @implementation
public func kindred_model_losses(_ model: OpaquePointer?, _ losses: UnsafeMutablePointer<Double>?) -> kindred_status {
    answer { unsafe copy(try HeldModel.of(model).losses, to: losses) }
}
