import LinearAlgebra

/// A percentile bootstrap confidence interval of a mean.
///
/// Values are resampled with replacement; the interval runs from the (1 − c)/2 to the (1 + c)/2 quantile of the
/// resampled means, interpolated linearly. No distribution is assumed. Values 1, 2, …, 10 at c = 0.95: 3.7 … 7.3. Efron
/// & Tibshirani 1993, An Introduction to the Bootstrap, section 13.3, doi:10.1201/9780429246593.
public struct BootstrapInterval: Sendable, Equatable {
    /// The lower bound.
    public let lower: Double
    /// The upper bound.
    public let upper: Double

    /// - Parameters:
    ///   - values: at least one.
    ///   - resamples: the number of resamples. The default is 2,000.
    ///   - confidence: c, above 0 and below 1. The default is 0.95.
    ///   - seed: determines the resamples.
    /// - Complexity: O(values · resamples) time, O(resamples) memory.
    public init(meanOf values: [Double], resamples: Int = 2_000, confidence: Double = 0.95, seed: UInt64) {
        precondition(!values.isEmpty && resamples > 0, "at least one value and one resample")
        precondition(confidence > 0 && confidence < 1, "a confidence above 0 and below 1")
        var generator = SeededGenerator(seed: seed)
        var means = [Double](repeating: 0, count: resamples)
        for draw in means.indices {
            var sum = 0.0
            for _ in values.indices { sum += values[generator.next(below: values.count)] }
            means[draw] = sum / Double(values.count)
        }
        means.sort()
        lower = Self.quantile((1 - confidence) / 2, of: means)
        upper = Self.quantile((1 + confidence) / 2, of: means)
    }

    private static func quantile(_ share: Double, of sorted: [Double]) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (place - Double(below)) * (sorted[above] - sorted[below])
    }
}
