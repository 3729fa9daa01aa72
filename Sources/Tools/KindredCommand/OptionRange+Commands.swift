import ArgumentParser
import LinearAlgebra

/// The ranges of options that belong to no model.
extension OptionRange {
    /// Items or neighbors to print.
    static let count = 1...1_000_000
    static let folds = 2...1_000
    /// Latest ratings of each user that are held out.
    static let latest = 1...1_000_000
    /// The share of users who lose ratings.
    static let ofUsers = 0.001...1.0
    static let unpackRatio = 1...1_000_000_000
    static let communities = 1...100_000
    /// The share of synthetic ratings that ignore communities.
    static let mixing = 0.0...1.0
    static let port = 0...65_535
    /// Requests per second.
    static let rateLimit = 0.0...1e6
    static let compareAfter = 0.0...1e6
    /// Seconds, up to a year.
    static let refreshEvery = 1.0...31_536_000.0
    /// Seconds, up to a day.
    static let metricsEvery = 0.1...86_400.0
    /// Days.
    static let metricsKeep = 1...36_500
    /// Days that rows of a table are kept.
    static let retention = 0...36_500
    /// Seconds, up to a day.
    static let settle = 0.01...86_400.0
    /// Messages per second.
    static let messageRate = 0.001...1e7
    /// Times as fast as it was.
    static let speed = 0.001...1e12
    /// Older indices of each kind.
    static let keptIndices = 0...1_000
    /// Changes that wait for a sink.
    static let outboxLimit = 1...1_000_000_000
    static let rowLimit = 1...10_000_000
    /// Of one published table.
    static let epsilon = 0.001...100.0
    static let delta = 1e-15...0.01
    /// Of all published tables.
    static let totalEpsilon = 0.0...1_000.0
    static let totalDelta = 0.0...0.01
    /// Ratings of each user in a published table.
    static let contributions = 1...100_000
    /// People.
    static let smallestGroup = 1...1_000_000
    /// Ratings in the sliding window of a replay.
    static let window = 1...10_000_000
    /// Ratings that a replay learns at once.
    static let batch = 1...1_000_000
    /// The share by which ratings have grown when a model is fitted again.
    static let refit = 0.001...1e9
    /// Seconds, up to a day.
    static let timeLimit = 0.001...86_400.0
}

extension ClosedRange where Bound: CustomStringConvertible {
    /// Throws unless an option is in the range or was not given.
    func validate(_ option: String, _ value: Bound?) throws(ValidationError) {
        guard let value else { return }
        try check(option, value) { ValidationError("\($0) is \($1); it has to be \($2)") }
    }
}
