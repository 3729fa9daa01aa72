/// A model that says how a user would rate an item.
///
/// Predictions are finite, whatever is asked, and stay on the scale of the training ratings. What is unseen in training is
/// answered by what the model knows without it: its biases or means.
public protocol RatingPredictor: Sendable {
    /// The rating expected of a user for an item.
    ///
    /// - Parameters:
    ///   - user: an index of the vocabulary the model was fitted on, or nil for a user unseen there.
    ///   - item: likewise.
    func prediction(user: Int?, item: Int?) -> Double

    /// The same at a time, in seconds since 1970, for models that know of times; others leave it aside.
    func prediction(user: Int?, item: Int?, time: Int64?) -> Double

    /// The ratings expected of a user for several items: the same as one by one, perhaps sooner.
    ///
    /// - Parameter times: one for each item, or nil.
    func predictions(user: Int?, items: ArraySlice<Int?>, times: ArraySlice<Int64>?) -> [Double]

    /// The ratings expected for some items of a user who is known by these ratings alone: a fold-in, without a new fit.
    ///
    /// - Throws: where the user's equations have no solution.
    func predictions(foldingIn ratings: UserRatings, items: [Int]) throws -> [Double]
}

extension RatingPredictor {
    public func prediction(user: Int?, item: Int?, time: Int64?) -> Double { prediction(user: user, item: item) }

    public func predictions(user: Int?, items: ArraySlice<Int?>, times: ArraySlice<Int64>?) -> [Double] {
        guard let times else { return items.map { prediction(user: user, item: $0, time: nil) } }
        return zip(items, times).map { prediction(user: user, item: $0, time: $1) }
    }
}

/// A predictor that also says how sure it is.
public protocol UncertainPredictor: RatingPredictor {
    /// Mean and standard deviation of the rating expected of a user for an item; the mean is not held to the scale.
    func distribution(user: Int?, item: Int?, time: Int64?) -> RatingDistribution
}

/// A normal distribution of a rating.
public struct RatingDistribution: Sendable, Equatable {
    public let mean: Double
    /// > 0, in units of the rating.
    public let standardDeviation: Double

    public init(mean: Double, standardDeviation: Double) {
        self.mean = mean
        self.standardDeviation = standardDeviation
    }
}
