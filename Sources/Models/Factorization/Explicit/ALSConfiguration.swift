public import LinearAlgebra

/// The configuration of explicit alternating least squares.
///
/// The defaults were chosen by five-fold cross-validation inside u1.base, the training part of MovieLens 100K's first
/// fold. The average of four short fits of rank 12 has an RMSE of 0.9147 there, the best single fit (rank 20, λ 2.25,
/// 12 iterations) 0.9170, at 1.3 times the time: each start overfits differently. If time matters more, as with a high
/// rank, set `restarts` to 1 and `iterations` to 12.
public struct ALSConfiguration: Sendable, Equatable, Codable {
    /// The number of latent factors of each restart, 1…512. The default is 12; tuning covers 8…96.
    public var rank = 12
    /// λ ≥ 0 of the factors. The default is 1.75; tuning covers 0.3…10.
    public var regularization = 1.75
    /// λ_b ≥ 0 of the biases. The default is 1; tuning covers 0.1…10.
    public var biasRegularization = 1.0
    /// ν in 0…1: both λ are multiplied by n^ν for a row of n ratings. 1 is ALS-WR (Zhou et al. 2008), 0 plain ridge
    /// regression. The default is 0.4; tuning covers 0.2…0.7.
    public var regularizationExponent = 0.4
    /// Iterations of two half-steps per restart, ≥ 1. The default is 6; tuning covers 6, 8, 11, 15 and 20.
    public var iterations = 6
    /// Whether factors are non-negative; biases may be negative. The default is false.
    public var isNonnegative = false
    /// The number of fits from different starts, whose predictions are averaged, ≥ 1; time grows with it. The default
    /// is 4.
    public var restarts = 4
    /// The held-out share of ratings, 0…0.99, that chooses the number of iterations before the fit on all; 0
    /// runs all iterations. The default is 0.
    public var validationShare = 0.0
    /// The seed of the initial factors and the validation share. The default is 1.
    public var seed: UInt64 = 1
    /// The solver of the normal equations; the factors agree to 1e-5. The default is `lapack`.
    public var solver = Solver.lapack
    /// ≥ 1; results do not depend on it. The default is 1.
    public var threads = 1

    /// Creates a configuration with the defaults.
    public init() {}

    /// Throws unless every field is in range.
    public func validate() throws(FactorizationError) {
        let failure = FactorizationError.outOfRange
        try OptionRange.rank.check("rank", rank, failure)
        try OptionRange.regularization.check("regularization", regularization, failure)
        try OptionRange.regularization.check("bias-regularization", biasRegularization, failure)
        try OptionRange.exponent.check("regularization-exponent", regularizationExponent, failure)
        try OptionRange.iterations.check("iterations", iterations, failure)
        try OptionRange.restarts.check("restarts", restarts, failure)
        try OptionRange.validation.check("validation", validationShare, failure)
        try OptionRange.threads.check("threads", threads, failure)
    }
}
