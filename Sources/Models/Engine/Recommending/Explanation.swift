import Factorization
public import Neighbors
public import Ratings

/// Why a model recommends an item to a person.
public enum Explanation: Sendable {
    /// Those among the person's nearest users who rated the item.
    case neighbors(ItemEvidence)
    /// What each of the person's own ratings adds to the predicted rating, the largest first.
    case stars([Contribution])
    /// What each of the person's own ratings adds to a score that has no unit, the largest first.
    case shares([Contribution])
    /// The predicted rating, clamped to the scale, and its uncertainty.
    case distribution(RatingDistribution)

    /// What one rating of the person adds to the prediction.
    public struct Contribution: Sendable, Equatable {
        /// The item that the person rated.
        public let item: Int
        /// The person's rating of it.
        public let rating: Float
        /// Stars or units of the score; together they make it up, except for what is the same for all users or all items.
        public let value: Float

        /// Creates a contribution.
        public init(item: Int, rating: Float, value: Float) {
            self.item = item
            self.rating = rating
            self.value = value
        }
    }
}

extension FittedModel {
    /// Why an item is recommended, or nil for a model without reasons.
    public func explanation(of item: Int, for person: Person) throws -> Explanation? {
        let ratings = person.ratings
        switch self {
        case .mean, .baseline, .popularity: return nil
        case .knn(_, let model):
            return .neighbors(
                person.user.map { model.evidence(for: item, of: $0) } ?? model.evidence(for: item, foldingIn: ratings))
        case .als(let model): return .stars(sorted(try model.contributions(to: item, of: ratings), ratings))
        case .implicit(let model): return .shares(sorted(try model.contributions(to: item, of: ratings), ratings))
        case .blend(let model):
            return .shares(sorted(try model.implicit.contributions(to: item, of: ratings), ratings))
        case .ease(let model): return .shares(sorted(model.contributions(to: item, of: ratings), ratings))
        case .bayes(let model):
            let distribution =
                try person.user.map { model.distribution(user: $0, item: item, time: nil) }
                ?? model.distribution(foldingIn: ratings, item: item)
            return .distribution(
                RatingDistribution(
                    mean: model.scale.clamped(distribution.mean), standardDeviation: distribution.standardDeviation))
        }
    }

    private func sorted(_ values: [Float], _ ratings: UserRatings) -> [Explanation.Contribution] {
        values.indices.map {
            Explanation.Contribution(item: Int(ratings.items[$0]), rating: ratings.values[$0], value: values[$0])
        }.sorted { ($1.value, $0.item) < ($0.value, $1.item) }
    }
}
