import Factorization
public import Neighbors
public import Ratings

/// Why a model recommends an item to a user.
public enum Explanation: Sendable {
    /// Those among the user's neighbors who rated the item, the weightiest first.
    case neighbors([NeighborEvidence])
    /// What each of the user's own ratings adds to the score, the largest first.
    case contributions([Contribution])
    /// The rating that is expected, held to the scale, and how sure the model is.
    case distribution(RatingDistribution)

    /// What one rating of the user adds to the score of the item.
    public struct Contribution: Sendable, Equatable {
        /// The item that the user rated.
        public let item: Int
        public let rating: Float
        /// In units of the score; all together make it up, but for what is the same for all users or for all items.
        public let value: Float
    }
}

extension FittedModel {
    /// Why an item is recommended, or nil for a model without reasons.
    ///
    /// - Parameters:
    ///   - user: the index of a training user, or nil for one who is known by the ratings alone.
    ///   - ratings: the user's.
    public func explanation(of item: Int, user: Int?, ratings: UserRatings) throws -> Explanation? {
        switch self {
        case .mean, .baseline, .popularity: return nil
        case .knn(_, let model):
            return .neighbors(
                user.map { model.evidence(for: item, of: $0) } ?? model.evidence(for: item, foldingIn: ratings))
        case .als(let model): return contributions(try model.contributions(to: item, of: ratings), ratings)
        case .implicit(let model): return contributions(try model.contributions(to: item, of: ratings), ratings)
        case .blend(let model): return contributions(try model.implicit.contributions(to: item, of: ratings), ratings)
        case .ease(let model): return contributions(model.contributions(to: item, of: ratings), ratings)
        case .bayes(let model):
            let distribution =
                try user.map { model.distribution(user: $0, item: item, time: nil) }
                ?? model.distribution(foldingIn: ratings, item: item)
            return .distribution(
                RatingDistribution(
                    mean: model.scale.held(distribution.mean), standardDeviation: distribution.standardDeviation))
        }
    }

    private func contributions(_ values: [Float], _ ratings: UserRatings) -> Explanation {
        let all = values.indices.map {
            Explanation.Contribution(item: Int(ratings.items[$0]), rating: ratings.values[$0], value: values[$0])
        }
        return .contributions(all.sorted { ($1.value, $0.item) < ($0.value, $1.item) })
    }
}
