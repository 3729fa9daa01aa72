import LinearAlgebra

/// How several ratings of an item by the same user are resolved.
public enum DuplicatePolicy: String, Sendable, CaseIterable {
    /// Keeps the latest timestamp, among equal ones the highest rating.
    case last
    /// Keeps the earliest timestamp, among equal ones the highest rating.
    case first
    /// Takes the arithmetic mean.
    case mean
    /// Takes the sum, as for plays and clicks that come with a number.
    case sum
    /// Counts the rows, whatever they hold: each pair's rating is how often it occurs.
    case count
    /// Rejects duplicates.
    case error

    /// The rating that stands for all of one user and item, and its time; for `mean`, `sum` and `count` the latest.
    ///
    /// Values 2, 4, 3 at the times 5, 9, 7: 4 by `last`, 2 by `first`, 3 by `mean`, 9 by `sum` and 3 by `count`.
    ///
    /// - Parameters:
    ///   - values: at least one, in the order they were read.
    ///   - times: one per value; nil if the source has none, and then `last` and `first` go by the order of the values.
    func resolve(_ values: ArraySlice<Float>, _ times: ArraySlice<Int64>?) -> (value: Float, time: Int64?) {
        // Sorted, so that rounding does not depend on row order.
        var sum: Double { values.sorted().reduce(0) { $0 + Double($1) } }
        switch self {
        case .mean: return (Float(sum / Double(values.count)), times?.max())
        case .sum: return (Float(sum), times?.max())
        case .count: return (Float(values.count), times?.max())
        case .last, .first, .error:
            guard let times, let chosen = self == .last ? times.max() : times.min() else {
                return (values[self == .last ? values.endIndex - 1 : values.startIndex], nil)
            }
            return (zip(times, values).filter { $0.0 == chosen }.reduce(-.infinity) { max($0, $1.1) }, chosen)
        }
    }

    /// Throws if several ratings of a user and item cannot be resolved.
    func accept(_ count: Int, hasTimes: Bool, _ user: String, _ item: String) throws(RatingsError) {
        switch self {
        case .error: throw .duplicate(user: user, item: item, count: count)
        case .last, .first:
            if !hasTimes { throw .noTimeOrder(user: user, item: item, count: count, policy: self) }
        case .mean, .sum, .count: break
        }
    }
}

/// An error in the ratings themselves, found after reading.
public enum RatingsError: Error, Equatable, CustomStringConvertible {
    /// Several ratings of an item by one user, under the policy `error`.
    case duplicate(user: String, item: String, count: Int)
    /// Several ratings of an item by one user, without timestamps, under the policy `last` or `first`.
    case noTimeOrder(user: String, item: String, count: Int, policy: DuplicatePolicy)
    /// A time split of ratings without timestamps.
    case noTimes
    /// A split with no ratings to learn from or none to test on.
    case emptySplit(_ heldOut: String, train: Int, test: Int)
    /// A sum of ratings beyond the range.
    case outOfRange(user: String, item: String, rating: Float)

    public var description: String {
        switch self {
        case .duplicate(let user, let item, let count):
            "user \(user) rated item \(item) \(count) times, and the policy is to refuse that."
        case .noTimeOrder(let user, let item, let count, let policy):
            """
            user \(user) rated item \(item) \(count) times, and without timestamps none of these ratings is the \
            \(policy.rawValue). Name the column of times, or take the mean, sum or count.
            """
        case .noTimes:
            "the ratings have no timestamps to split by; add a fourth column, named timestamp if there is a header, or split at random"
        case .emptySplit(let heldOut, let train, let test):
            "holding out \(heldOut) leaves \(train) ratings to learn from and \(test) to test on; choose another share or number"
        case .outOfRange(let user, let item, let rating):
            "the ratings of item \(item) by user \(user) add up to \(rating); a rating has to be \(RatingScale.widest.words)"
        }
    }
}
