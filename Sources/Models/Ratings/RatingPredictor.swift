/// A model that predicts how a user would rate an item.
///
/// Predictions are always finite and clamped to the scale of the training ratings. For unseen users or items, models
/// fall back on biases or means.
public protocol RatingPredictor: Sendable {
    /// The expected rating of an item by a user.
    ///
    /// - Parameters:
    ///   - user: an index of the vocabulary the model was fitted on, or nil for a user unseen there.
    ///   - item: likewise.
    func prediction(user: Int?, item: Int?) -> Double

    /// The same at a time, in seconds since 1970; models without times ignore it.
    func prediction(user: Int?, item: Int?, time: Int64?) -> Double

    /// The expected ratings of several items by a user: equal to single predictions, but possibly faster.
    ///
    /// - Parameter times: one per item, or nil.
    func predictions(user: Int?, items: ArraySlice<Int?>, times: ArraySlice<Int64>?) -> [Double]

    /// The expected ratings of items by a user outside the training data, from their ratings: a fold-in, without a new
    /// fit.
    ///
    /// - Throws: if the user's equations have no solution.
    func predictions(foldingIn ratings: UserRatings, items: [Int]) throws -> [Double]
}

extension RatingPredictor {
    public func prediction(user: Int?, item: Int?, time: Int64?) -> Double { prediction(user: user, item: item) }

    public func predictions(user: Int?, items: ArraySlice<Int?>, times: ArraySlice<Int64>?) -> [Double] {
        guard let times else { return items.map { prediction(user: user, item: $0, time: nil) } }
        return zip(items, times).map { prediction(user: user, item: $0, time: $1) }
    }
}

/// A predictor that quantifies its uncertainty.
public protocol UncertainPredictor: RatingPredictor {
    /// Mean and standard deviation of the expected rating; the mean is not clamped to the scale.
    func distribution(user: Int?, item: Int?, time: Int64?) -> RatingDistribution
}

/// A normal distribution of a rating.
public struct RatingDistribution: Sendable, Equatable {
    /// The mean.
    public let mean: Double
    /// > 0, in units of the rating.
    public let standardDeviation: Double

    /// Creates a distribution.
    public init(mean: Double, standardDeviation: Double) {
        self.mean = mean
        self.standardDeviation = standardDeviation
    }
}
