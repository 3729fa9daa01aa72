/// How explicit alternating least squares is fitted.
///
/// The defaults are the best of a grid by five-fold cross-validation inside u1.base, the training part of MovieLens 100K's
/// first fold.
public struct ALSConfiguration: Sendable, Equatable {
    /// The number of latent factors, 1…512. The default is 20.
    public var rank = 20
    /// λ ≥ 0 of the factors. The default is 2.25.
    public var regularization = 2.25
    /// λ_b ≥ 0 of the biases. The default is 1.
    public var biasRegularization = 1.0
    /// ν in 0…1: both λ are multiplied by n^ν for a row of n ratings. 1 is ALS-WR (Zhou et al. 2008), 0 plain ridge
    /// regression. The default is 0.4.
    public var regularizationExponent = 0.4
    /// Rounds of two half-steps, ≥ 1. The default is 12.
    public var iterations = 12
    /// Seeds the first factors. The default is 1.
    public var seed: UInt64 = 1
    /// ≥ 1; results do not depend on it. The default is 1.
    public var threads = 1

    public init() {}

    /// Throws unless every field is in its range.
    public func validate() throws(FactorizationError) {
        if !(1...512).contains(rank) { throw .outOfRange("rank", "\(rank)", "1 to 512") }
        if !(regularization >= 0 && regularization.isFinite) {
            throw .outOfRange("regularization", "\(regularization)", "0 or more")
        }
        if !(biasRegularization >= 0 && biasRegularization.isFinite) {
            throw .outOfRange("bias-regularization", "\(biasRegularization)", "0 or more")
        }
        if !(0...1).contains(regularizationExponent) {
            throw .outOfRange("regularization-exponent", "\(regularizationExponent)", "between 0 and 1")
        }
        if iterations < 1 { throw .outOfRange("iterations", "\(iterations)", "at least 1") }
        if threads < 1 { throw .outOfRange("threads", "\(threads)", "at least 1") }
    }
}

/// Why a factorization could not be made.
public enum FactorizationError: Error, Equatable, CustomStringConvertible {
    case outOfRange(_ option: String, _ value: String, _ range: String)
    /// There is nothing to learn from.
    case noRatings
    /// The normal equations of a row have no solution; the row counts from 0 among the side's rows.
    case notPositiveDefinite(side: String, row: Int, minor: Int)
    /// The factors overflowed.
    case notFinite(iteration: Int)

    public var description: String {
        switch self {
        case .outOfRange(let option, let value, let range): "\(option) is \(value); it has to be \(range)"
        case .noRatings: "there are no ratings to learn from"
        case .notPositiveDefinite(let side, let row, let minor):
            "\(side) \(row): the normal equations are not positive definite at minor \(minor); raise regularization above 0"
        case .notFinite(let iteration):
            "the factors are not finite after iteration \(iteration); raise regularization, or check the scale of the ratings"
        }
    }
}
