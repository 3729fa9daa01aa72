/// What becomes of several ratings of one item by one user.
public enum DuplicatePolicy: String, Sendable, CaseIterable {
    /// The one with the latest timestamp counts; among equal ones the highest rating. Without timestamps, the last row.
    case last
    /// The one with the earliest timestamp counts; among equal ones the highest rating. Without timestamps, the first row.
    case first
    /// Their arithmetic mean counts.
    case mean
    /// None may repeat.
    case error

    /// The rating that stands for several of the same user and item, and its time: that of the latest for `mean`.
    ///
    /// - Parameters:
    ///   - values: at least one, in the order they were read.
    ///   - times: one for each, or nil where the source has none.
    func resolve(_ values: ArraySlice<Float>, _ times: ArraySlice<Int64>?) -> (value: Float, time: Int64?) {
        switch self {
        case .mean:
            // Sorted, so that the rounding does not depend on the order of the rows.
            return (Float(values.sorted().reduce(0) { $0 + Double($1) } / Double(values.count)), times?.max())
        case .last, .first, .error:
            guard let times, let chosen = self == .last ? times.max() : times.min() else {
                return (values[self == .last ? values.endIndex - 1 : values.startIndex], nil)
            }
            return (zip(times, values).filter { $0.0 == chosen }.reduce(-.infinity) { max($0, $1.1) }, chosen)
        }
    }
}

/// What is wrong with the ratings themselves, once they are read.
public enum RatingsError: Error, Equatable, CustomStringConvertible {
    case duplicate(user: String, item: String, count: Int)
    /// A split by time of ratings that have no times.
    case noTimes

    public var description: String {
        switch self {
        case .duplicate(let user, let item, let count):
            "user \(user) rated item \(item) \(count) times, and the policy is to refuse that"
        case .noTimes:
            "the ratings have no times to split by; have a fourth column, named timestamp where there is a header, or split at random"
        }
    }
}
