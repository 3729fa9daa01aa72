import LinearAlgebra
import Ratings

/// A failed factorization.
public enum FactorizationError: Error, Equatable, CustomStringConvertible {
    /// An option is out of range.
    case outOfRange(_ option: String, _ value: String, _ range: String)
    /// No training ratings.
    case noRatings
    /// All ratings are equal.
    case allEqual(_ rating: Float)
    /// No rating counts as a like.
    case noLikes(threshold: Float, highest: Float)
    /// α times the lowest rating is no more than the weight of a pair without a rating.
    case lowAlpha(_ alpha: Double, rating: Float, unobservedWeight: Double)
    /// The rank exceeds what a matrix of this shape allows.
    case rankTooLarge(_ rank: Int, users: Int, items: Int)
    /// The factors of a warm start have another shape.
    case otherShape(expected: String, found: String)
    /// The normal equations of a row, counted from 0, have no solution.
    case notPositiveDefinite(side: String, row: Int, minor: Int)
    /// The features of a partner, counted from 0, came twice, out of order, or beyond the number of partners.
    case unexpectedPartner(_ partner: Int)
    /// The features of a partner of a row, both counted from 0, never came.
    case missingPartner(side: String, row: Int, partner: Int)
    /// The factors overflowed.
    case notFinite(iteration: Int)
    /// A dense matrix exceeds the memory limit.
    case tooLarge(bytes: Int, limit: Int)
    /// The fit was ended early on request.
    case cancelled

    public var description: String {
        switch self {
        case .outOfRange(let option, let value, let range): "\(option) is \(value); it has to be \(range)"
        case .noRatings: "there are no ratings to learn from"
        case .allEqual(let rating):
            "every rating is \(rating), so there is nothing to predict; use the model implicit, which ranks by who rated what"
        case .noLikes(let threshold, let highest):
            "no rating is \(threshold) or more, the highest is \(highest); lower the minimum rating of a like"
        case .lowAlpha(let alpha, let rating, let unobservedWeight):
            "alpha is \(alpha) and the lowest rating \(rating), whose weight would be \(alpha * Double(rating)); it has to be above "
                + "\(unobservedWeight), the unobserved-weight; raise alpha, lower unobserved-weight, or leave such ratings out"
        case .rankTooLarge(let rank, let users, let items):
            min(users, items) < 2
                ? "\(users) users and \(items) items are too few for factors; at least two of both are needed"
                : "rank is \(rank); for \(users) users and \(items) items it has to be below \(min(users, items))"
        case .otherShape(let expected, let found):
            "the factors to start from are \(found); these ratings need \(expected)"
        case .notPositiveDefinite(let side, let row, let minor):
            "\(side) \(row): the normal equations are not positive definite at minor \(minor); raise regularization above 0"
        case .unexpectedPartner(let partner):
            "the features of partner \(partner) came twice, out of order, or are of no partner"
        case .missingPartner(let side, let row, let partner):
            "\(side) \(row): the features of its partner \(partner) are missing"
        case .notFinite(let iteration):
            "the factors are not finite after iteration \(iteration); raise regularization, or check the scale of the ratings"
        case .tooLarge(let bytes, let limit):
            "\(bytes >> 20) MiB are needed and \(limit >> 20) MiB are allowed; raise the limit, or use the model implicit"
        case .cancelled: "the fit was cancelled"
        }
    }
}

/// Throws unless there are ratings and the rank is below the numbers of users and items.
func requireRank(_ rank: Int, for ratings: RatingMatrix) throws(FactorizationError) {
    guard ratings.count > 0 else { throw .noRatings }
    guard rank < min(ratings.users.count, ratings.items.count) else {
        throw .rankTooLarge(rank, users: ratings.users.count, items: ratings.items.count)
    }
}

/// Throws if all ratings are equal, or some are beyond their range.
func requireSpread(_ scale: RatingScale?) throws(FactorizationError) {
    for end in [scale?.minimum, scale?.maximum].compactMap({ $0 }) {
        try RatingScale.widest.check("a rating", end, FactorizationError.outOfRange)
    }
    if let scale, scale.minimum == scale.maximum { throw .allEqual(scale.minimum) }
}
