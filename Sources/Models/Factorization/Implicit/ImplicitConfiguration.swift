public import LinearAlgebra

/// The configuration of implicit alternating least squares.
///
/// The defaults were chosen by validation inside u1.base, the training part of MovieLens 100K's first fold. λ and α₀
/// counteract each other, so change both or neither; gains beyond rank 64 are small.
public struct ImplicitConfiguration: Sendable, Equatable, Codable {
    /// The number of latent factors, 1…512. The default is 96; tuning covers 24…160.
    public var rank = 96
    /// λ ≥ 0. The default is 0.018; tuning covers 0.002…0.2.
    public var regularization = 0.018
    /// α₀ > 0, the weight of unrated pairs. The default is 0.25; tuning covers 0.03…1.
    public var unobservedWeight = 0.25
    /// ν in 0…1: λ is multiplied by (n + α₀·partners)^ν for a row of n ratings. The default is 1; tuning covers 0.5…1.
    public var regularizationExponent = 1.0
    /// The strength of a rating as a like: the target of a pair's product. Tuning covers −0.3…0.5 for the lowest and
    /// 1…1.6 for the highest rating.
    public var feedback = Feedback()
    /// The weight of the highest rating, ≥ 0; weights of likes rise to it linearly from 1. The default is 1.5; tuning
    /// covers 1…3.
    public var highestWeight = 1.5
    /// α > 0: a rating r is a pair with target 1 and weight α·r, as in Hu, Koren & Volinsky, whatever `feedback` and
    /// `highestWeight` say; α·r has to be above α₀. The default is nil: weights by feedback.
    public var alpha: Double?
    /// Iterations of two half-steps, ≥ 1. The default is 8; tuning covers 5…16.
    public var iterations = 8
    /// The seed of the initial factors. The default is 1.
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
        try OptionRange.unobservedWeight.check("unobserved-weight", unobservedWeight, failure)
        try OptionRange.exponent.check("regularization-exponent", regularizationExponent, failure)
        try OptionRange.highestWeight.check("highest-weight", highestWeight, failure)
        if let alpha { try OptionRange.alpha.check("alpha", alpha, failure) }
        try OptionRange.iterations.check("iterations", iterations, failure)
        try OptionRange.threads.check("threads", threads, failure)
        try feedback.validate()
    }
}
