import LinearAlgebra

/// The difference of two models in a metric on the same users.
///
/// The interval refers to the mean difference, the p-value and effect size to ranks: a few users with large differences
/// affect the former and hardly the latter.
public struct PairedDifference: Sendable, Equatable {
    /// The name of the metric.
    public let metric: Metric
    /// The minuend; `second` is subtracted.
    public let first: String
    /// The subtrahend.
    public let second: String
    /// The number of users.
    public let userCount: Int
    /// The mean of the first model over users.
    public let meanFirst: Double
    /// The mean of the second model over users.
    public let meanSecond: Double
    /// The mean over users of first − second; positive if the first is larger, which is worse for an error.
    public let mean: Double
    /// The 95 % interval of the mean difference.
    public let interval: BootstrapInterval
    /// The p-value of the signed-rank test, for this pair alone.
    public let pValue: Double
    /// The p-value adjusted for all pairs of the metric.
    public let adjustedPValue: Double
    /// The rank-biserial correlation, in −1…1; positive if the first is larger.
    public let effectSize: Double

    /// Every pair of models: first with second, first with third, …, second with third, …; none without users.
    ///
    /// P-values are adjusted over the pairs by Holm's method. All intervals use the same resamples of users.
    ///
    /// A has 1…6 for six users, B half a point less for each, C 1 for each: A − B is 0.5 everywhere, p = 0.014306; A − C is
    /// 0…5, mean 2.5, p = 0.0625; B − C is −0.5…4.5, mean 2, p = 0.058475. Adjusted: 0.042918, 0.116951, 0.116951.
    ///
    /// - Parameters:
    ///   - models: each with one value per user, in the same order.
    ///   - seed: the seed of the intervals.
    ///   - threads: the result does not depend on it.
    /// - Complexity: O(pairs · users · 2,000) time, for the intervals.
    public static func allPairs(
        metric: Metric, models: [(name: String, values: [Double])], seed: UInt64, threads: Int = 1
    ) -> [PairedDifference] {
        let userCount = models.first?.values.count ?? 0
        precondition(models.allSatisfy { $0.values.count == userCount }, "one value per model and user")
        guard userCount > 0 else { return [] }
        let pairs = models.indices.flatMap { first in
            models.indices.dropFirst(first + 1).map { (first: first, second: $0) }
        }
        let tests = Parallel.map(pairs.count, threads: threads) { pair in
            let differences = zip(models[pairs[pair].first].values, models[pairs[pair].second].values).map { $0 - $1 }
            return (
                mean: mean(differences), interval: BootstrapInterval(meanOf: differences, seed: seed),
                signedRank: SignedRankTest(differences: differences)
            )
        }
        let adjusted = HolmCorrection.adjusted(tests.map(\.signedRank.pValue))
        return pairs.indices.map { pair in
            let first = models[pairs[pair].first]
            let second = models[pairs[pair].second]
            let test = tests[pair]
            return PairedDifference(
                metric: metric, first: first.name, second: second.name, userCount: userCount,
                meanFirst: mean(first.values), meanSecond: mean(second.values), mean: test.mean,
                interval: test.interval, pValue: test.signedRank.pValue, adjustedPValue: adjusted[pair],
                effectSize: test.signedRank.effectSize)
        }
    }

    private static func mean(_ values: [Double]) -> Double {
        values.reduce(0, +) / Double(values.count)
    }
}

extension PairedDifference {
    /// The level of significance, for p-values that are corrected for all pairs.
    public static let level = 0.05

    /// The model that is significantly better, the one rule for every output; nil where chance may be at work, or where the mean
    /// over users and the ranks point to different models.
    ///
    /// The example of `allPairs`, as nDCG: A is better than B, whose adjusted p is 0.042918, and neither than C.
    public var better: String? {
        guard adjustedPValue < Self.level, mean * effectSize > 0 else { return nil }
        return (mean < 0) == metric.isLowerBetter ? first : second
    }
}
