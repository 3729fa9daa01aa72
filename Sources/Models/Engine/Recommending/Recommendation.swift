/// An item of a list with the numbers that its model gives it.
public struct ScoredItem: Sendable, Equatable {
    /// An index of the vocabulary.
    public let item: Int
    /// In stars, clamped to the rating scale; nil from models that predict no ratings.
    public let predictedRating: Double?
    /// What the list is sorted by, in the unit of `ModelKind.scoreMeaning`; nil where that is the predicted rating.
    public let score: Float?
}

/// An item that a model recommends, ready to show.
public struct Recommendation: Sendable, Equatable {
    /// The item with its numbers.
    public let scored: ScoredItem
    /// The id in the source.
    public let id: String
    /// The title, or the id of an item without one.
    public let title: String
    /// Why it is on the list, the weightiest reason first; nil where none were asked for or the model has none.
    public let reasons: [String]?

    /// An index of the vocabulary.
    public var item: Int { scored.item }
    /// In stars; nil from models that predict no ratings.
    public var predictedRating: Double? { scored.predictedRating }
    /// What sorts the list; nil if that is the predicted rating.
    public var score: Float? { scored.score }
}

/// Which reasons a recommendation carries.
public enum Reasons: Sendable, Equatable {
    /// No reasons.
    case none
    /// Other people are counted, not named.
    case anonymous
    /// Other people are counted where they are at least so many.
    case groups(of: Int)
    /// Other people are named by their ids, which is for those who may see them.
    case namingUsers
}

extension ModelKind {
    /// What the scores of the model's lists mean; nil where lists are sorted by predicted rating, and for models that make none.
    public var scoreMeaning: String? {
        switch self {
        case .als, .bayes, .global, .userMean, .itemMean, .baseline: nil
        case .knn: "ratings of the nearest users, weighted by similarity and summed"
        case .implicit: "predicted preference: near 1 for what the user would like, near 0 otherwise"
        case .ease: "item-to-item weights, summed over what the user liked"
        case .blend: "standard deviations above the mean item, summed over the blended models"
        case .popularity: "number of users who liked the item"
        }
    }

    /// The unit of the model's lists: what sorts them.
    public var listUnit: String { scoreMeaning == nil ? "predicted_rating" : "score" }
}
