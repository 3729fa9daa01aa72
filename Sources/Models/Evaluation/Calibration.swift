/// Calibration: whether predicted standard deviations match the actual errors.
///
/// A prediction with mean μ and standard deviation σ has the central interval μ ± z·σ of the normal distribution; over
/// many ratings, the 80 % interval should cover 80 % of them. A share above the level means that intervals are too
/// wide, a share below that the model is overconfident. Of two calibrated models, the one with narrower intervals is
/// better: Gneiting, Balabdaoui & Raftery 2007, doi:10.1111/j.1467-9868.2007.00587.x.
///
/// Ratings 3, 4, 2 and 5, each predicted as 3 with σ = 1: shares 0.25, 0.75 and 0.75; widths 1.348980, 2.563104 and 3.919928.
public struct Calibration: Sendable, Equatable {
    /// The coverage of the intervals of one level.
    public struct Level: Sendable, Equatable {
        /// The nominal share of ratings inside: 0.5, 0.8 or 0.95.
        public let level: Double
        /// The actual share of ratings inside, borders included.
        public let share: Double
        /// The mean of 2·z·σ, in units of the rating.
        public let meanWidth: Double
    }

    /// The number of ratings.
    public let count: Int
    /// Ascending.
    public let levels: [Level]

    /// z, where the standard normal distribution has (1 + level)/2 of its mass below.
    private static let quantiles = [(level: 0.5, z: 0.674490), (level: 0.8, z: 1.281552), (level: 0.95, z: 1.959964)]

    /// - Parameters:
    ///   - ratings: at least one.
    ///   - predictions: one per rating; standard deviations 0 or more.
    public init(ratings: [Double], predictions: [(mean: Double, standardDeviation: Double)]) {
        precondition(!ratings.isEmpty && ratings.count == predictions.count, "one prediction per rating")
        precondition(predictions.allSatisfy { $0.standardDeviation >= 0 }, "negative standard deviation")
        let n = Double(ratings.count)
        let meanDeviation = predictions.reduce(0) { $0 + $1.standardDeviation } / n
        count = ratings.count
        levels = Self.quantiles.map { level, z in
            let inside = zip(ratings, predictions).count { abs($0 - $1.mean) <= z * $1.standardDeviation }
            return Level(level: level, share: Double(inside) / n, meanWidth: 2 * z * meanDeviation)
        }
    }
}
