/// Whether the spread that a model predicts is the spread that its errors have.
///
/// A prediction of mean μ and standard deviation σ puts the central interval μ ± z·σ of the normal distribution around a
/// rating; over many ratings the interval of 80 % should hold 80 % of them. A share above the level says that the
/// intervals are wider than they need be, a share below that the model claims too much. Of two calibrated models the one
/// with narrower intervals is the better: Gneiting, Balabdaoui & Raftery 2007, doi:10.1111/j.1467-9868.2007.00587.x.
///
/// Ratings 3, 4, 2 and 5, each predicted as 3 with σ = 1: shares 0.25, 0.75 and 0.75; widths 1.348980, 2.563104 and 3.919928.
public struct Calibration: Sendable, Equatable {
    /// How the intervals of one level did.
    public struct Level: Sendable, Equatable {
        /// The share of ratings that should be inside: 0.5, 0.8 or 0.95.
        public let level: Double
        /// The share of ratings that are; on the border is inside.
        public let share: Double
        /// The mean of 2·z·σ, in units of the rating.
        public let meanWidth: Double
    }

    /// The number of ratings compared.
    public let count: Int
    /// Ascending.
    public let levels: [Level]

    /// z, where the standard normal distribution has (1 + level)/2 of its mass below.
    private static let quantiles = [(level: 0.5, z: 0.674490), (level: 0.8, z: 1.281552), (level: 0.95, z: 1.959964)]

    /// - Parameters:
    ///   - ratings: at least one.
    ///   - predictions: as many; standard deviations not negative.
    public init(ratings: [Double], predictions: [(mean: Double, standardDeviation: Double)]) {
        precondition(!ratings.isEmpty && ratings.count == predictions.count, "a prediction for every rating")
        precondition(predictions.allSatisfy { $0.standardDeviation >= 0 }, "standard deviations from 0")
        let n = Double(ratings.count)
        let meanDeviation = predictions.reduce(0) { $0 + $1.standardDeviation } / n
        count = ratings.count
        levels = Self.quantiles.map { level, z in
            let inside = zip(ratings, predictions).count { abs($0 - $1.mean) <= z * $1.standardDeviation }
            return Level(level: level, share: Double(inside) / n, meanWidth: 2 * z * meanDeviation)
        }
    }
}
