import Ratings

/// Why a factorization could not be made.
public enum FactorizationError: Error, Equatable, CustomStringConvertible {
    case outOfRange(_ option: String, _ value: String, _ range: String)
    /// There is nothing to learn from.
    case noRatings
    /// Every rating is the same, so there is nothing that ratings could tell apart.
    case allEqual(_ rating: Float)
    /// No rating counts as a like.
    case noLikes(threshold: Float, highest: Float)
    /// More factors than a matrix of this shape can have.
    case rankTooLarge(_ rank: Int, users: Int, items: Int)
    /// The factors to start from are of another shape.
    case otherShape(expected: String, found: String)
    /// The normal equations of a row have no solution; the row counts from 0 among the side's rows.
    case notPositiveDefinite(side: String, row: Int, minor: Int)
    /// The factors overflowed.
    case notFinite(iteration: Int)
    /// A dense matrix that does not fit.
    case tooLarge(bytes: Int, limit: Int)

    public var description: String {
        switch self {
        case .outOfRange(let option, let value, let range): "\(option) is \(value); it has to be \(range)"
        case .noRatings: "there are no ratings to learn from"
        case .allEqual(let rating):
            "every rating is \(rating), so there is nothing to predict; rank by who rated what, with the model implicit"
        case .noLikes(let threshold, let highest):
            "no rating is \(threshold) or more, the highest is \(highest); lower the rating from which an item is liked"
        case .rankTooLarge(let rank, let users, let items):
            min(users, items) < 2
                ? "\(users) users and \(items) items are too few for factors; at least two of both are needed"
                : "rank is \(rank); for \(users) users and \(items) items it has to be below \(min(users, items))"
        case .otherShape(let expected, let found):
            "the factors to start from are \(found); these ratings need \(expected)"
        case .notPositiveDefinite(let side, let row, let minor):
            "\(side) \(row): the normal equations are not positive definite at minor \(minor); raise regularization above 0"
        case .notFinite(let iteration):
            "the factors are not finite after iteration \(iteration); raise regularization, or check the scale of the ratings"
        case .tooLarge(let bytes, let limit):
            "\(bytes >> 20) MiB are needed and \(limit >> 20) MiB are allowed; raise the limit, or take the model implicit"
        }
    }
}

/// Throws unless there are ratings, and more users and items than factors.
func requireRank(_ rank: Int, for ratings: RatingMatrix) throws(FactorizationError) {
    guard ratings.count > 0 else { throw .noRatings }
    guard rank < min(ratings.users.count, ratings.items.count) else {
        throw .rankTooLarge(rank, users: ratings.users.count, items: ratings.items.count)
    }
}

/// Throws where all ratings are one number.
func requireSpread(_ scale: RatingScale?) throws(FactorizationError) {
    if let scale, scale.minimum == scale.maximum { throw .allEqual(scale.minimum) }
}
