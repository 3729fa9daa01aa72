public import Engine
public import Ratings

/// Whom to recommend to.
public struct Person: Sendable {
    /// The index in the snapshot; nil for somebody who is known by ratings alone, and folded in.
    public let user: Int?
    /// What they have rated, as far as the snapshot knows the items.
    public let ratings: UserRatings

    public init(user: Int?, ratings: UserRatings) {
        self.user = user
        self.ratings = ratings
    }
}

/// An item of a list, and why it is there.
public struct Recommendation: Sendable {
    public let item: Int
    /// In the units of the model.
    public let score: Float
    /// nil where no reasons were asked for, or the model has none.
    public let reasons: [String]?
}

extension LiveSnapshot {
    /// The best items that a person has not rated; none where the model is not there or does not rank.
    public func recommendations(
        _ kind: ModelKind, for person: Person, count: Int, isExplained: Bool
    ) throws -> [Recommendation] {
        guard let model = models[kind], let recommender = model.recommender else { return [] }
        let ranked =
            try person.user.map { recommender.rankedItems(user: $0, count: count, excluding: person.ratings.items) }
            ?? recommender.rankedItems(foldingIn: person.ratings, count: count)
        return try ranked.map { place in
            let item = Int(place.item)
            let explanation =
                isExplained ? try model.explanation(of: item, user: person.user, ratings: person.ratings) : nil
            return Recommendation(item: item, score: place.score, reasons: explanation.map { words.lines($0) })
        }
    }
}
