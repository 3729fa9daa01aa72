/// How several ratings of an item by the same user are resolved.
public enum DuplicatePolicy: String, Sendable, CaseIterable {
    /// Keeps the latest timestamp, among equal ones the highest rating. Without timestamps, the last row.
    case last
    /// Keeps the earliest timestamp, among equal ones the highest rating. Without timestamps, the first row.
    case first
    /// Takes the arithmetic mean.
    case mean
    /// Rejects duplicates.
    case error

    /// The rating that replaces several of the same user and item, and its time: the latest for `mean`.
    ///
    /// - Parameters:
    ///   - values: at least one, in the order they were read.
    ///   - times: one per value, or nil if the source has none.
    func resolve(_ values: ArraySlice<Float>, _ times: ArraySlice<Int64>?) -> (value: Float, time: Int64?) {
        switch self {
        case .mean:
            // Sorted, so that rounding does not depend on row order.
            return (Float(values.sorted().reduce(0) { $0 + Double($1) } / Double(values.count)), times?.max())
        case .last, .first, .error:
            guard let times, let chosen = self == .last ? times.max() : times.min() else {
                return (values[self == .last ? values.endIndex - 1 : values.startIndex], nil)
            }
            return (zip(times, values).filter { $0.0 == chosen }.reduce(-.infinity) { max($0, $1.1) }, chosen)
        }
    }
}

/// An error in the ratings themselves, found after reading.
public enum RatingsError: Error, Equatable, CustomStringConvertible {
    /// Several ratings of an item by one user, under the policy `error`.
    case duplicate(user: String, item: String, count: Int)
    /// A time split of ratings without timestamps.
    case noTimes

    public var description: String {
        switch self {
        case .duplicate(let user, let item, let count):
            "user \(user) rated item \(item) \(count) times, and the policy is to refuse that"
        case .noTimes:
            "the ratings have no timestamps to split by; add a fourth column, named timestamp if there is a header, or split at random"
        }
    }
}
