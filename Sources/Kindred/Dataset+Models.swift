public import Engine
public import Ratings

/// A model whose lists come with predicted ratings.
public enum RatingModel: String, Sendable, CaseIterable {
    /// Explicit alternating least squares.
    case als
    /// Bayesian matrix factorization, which also knows its uncertainty.
    case bayes
    /// User-KNN; its lists are sorted by a score of their own.
    case knn
}

/// A model that ranks items and predicts no ratings.
public enum RankingModel: String, Sendable, CaseIterable {
    /// The best ranker: `implicit` and the user-user closed form together.
    case blend
    /// Implicit alternating least squares.
    case implicit
    /// The item-item closed form.
    case ease
    /// What most users liked.
    case popularity
}

/// An item that is recommended together with the rating that is predicted.
public struct RatedRecommendation: Sendable, Equatable {
    /// The id in the source.
    public let id: String
    /// The title, or the id of an item without one.
    public let title: String
    /// In stars, clamped to the scale of the training ratings.
    public let predictedRating: Double
    /// The weightiest first; empty unless reasons were asked for.
    public let reasons: [String]
}

/// An item that is recommended by a score.
public struct RankedRecommendation: Sendable, Equatable {
    /// The id in the source.
    public let id: String
    /// The title, or the id of an item without one.
    public let title: String
    /// Larger is better; what it measures depends on the model (`ModelKind.scoreMeaning`).
    public let score: Float
    /// The weightiest first; empty unless reasons were asked for.
    public let reasons: [String]
}

/// A fitted model that recommends with predicted ratings.
public struct RatingRecommender: Sendable {
    /// The model with its data set.
    public let recommender: Recommender

    /// The best items that a user has not rated, best first.
    ///
    /// - Parameters:
    ///   - user: an id in the source.
    ///   - count: how many items at most.
    ///   - reasons: whether each item carries reasons, and whether these name other users.
    /// - Throws: `UnknownUser`.
    public func recommend(
        for user: String, count: Int = 10, reasons: Reasons = .none
    ) throws -> [RatedRecommendation] {
        try recommend(to: Person(user, of: recommender.dataset), count: count, reasons: reasons)
    }

    /// The same for a guest who is known by a few ratings.
    public func recommend(
        to person: Person, count: Int = 10, reasons: Reasons = .none
    ) throws -> [RatedRecommendation] {
        try recommender.recommend(to: person, count: count, reasons: reasons).map { one in
            RatedRecommendation(
                id: one.id, title: one.title, predictedRating: one.predictedRating ?? .nan,
                reasons: one.reasons ?? [])
        }
    }
}

/// A fitted model that ranks items.
public struct RankingRecommender: Sendable {
    /// The model with its data set.
    public let recommender: Recommender

    /// The best items that a user has not rated, best first.
    ///
    /// - Parameters:
    ///   - user: an id in the source.
    ///   - count: how many items at most.
    ///   - reasons: whether each item carries reasons, and whether these name other users.
    /// - Throws: `UnknownUser`.
    public func recommend(
        for user: String, count: Int = 10, reasons: Reasons = .none
    ) throws -> [RankedRecommendation] {
        try recommend(to: Person(user, of: recommender.dataset), count: count, reasons: reasons)
    }

    /// The same for a guest who is known by a few ratings.
    public func recommend(
        to person: Person, count: Int = 10, reasons: Reasons = .none
    ) throws -> [RankedRecommendation] {
        try recommender.recommend(to: person, count: count, reasons: reasons).map { one in
            RankedRecommendation(
                id: one.id, title: one.title, score: one.score ?? .nan, reasons: one.reasons ?? [])
        }
    }
}

extension Dataset {
    /// Fits a model that predicts ratings.
    ///
    /// ```swift
    /// let als = try data.fit(.als)
    /// for r in try als.recommend(for: "1", count: 10) { print(r.title, r.predictedRating) }
    /// ```
    public func fit(
        _ model: RatingModel, configuration: ModelConfiguration = .onAllProcessors
    ) throws -> RatingRecommender {
        RatingRecommender(recommender: try fit(model.kind, configuration))
    }

    /// Fits a model that ranks items.
    public func fit(
        _ model: RankingModel, configuration: ModelConfiguration = .onAllProcessors
    ) throws -> RankingRecommender {
        RankingRecommender(recommender: try fit(model.kind, configuration))
    }

    private func fit(_ kind: ModelKind, _ configuration: ModelConfiguration) throws -> Recommender {
        try Recommender.fit(kind, self, configuration)
    }
}

extension RatingModel {
    fileprivate var kind: ModelKind {
        switch self {
        case .als: .als
        case .bayes: .bayes
        case .knn: .knn
        }
    }
}

extension RankingModel {
    fileprivate var kind: ModelKind {
        switch self {
        case .blend: .blend
        case .implicit: .implicit
        case .ease: .ease
        case .popularity: .popularity
        }
    }
}
