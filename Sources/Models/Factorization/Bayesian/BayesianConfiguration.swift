public import LinearAlgebra

/// How Bayesian matrix factorization is sampled.
///
/// The defaults were chosen by validation inside u1.base, the training part of MovieLens 100K's first fold. A hundred
/// samples come within 0.003 of the error of three hundred.
public struct BayesianConfiguration: Sendable, Equatable, Codable {
    /// The number of latent factors, 1…512. The default is 12; tuning looks at 4…40.
    public var rank = 12
    /// Sweeps that are sampled and forgotten, while the chain finds its way, ≥ 0. The default is 30.
    public var burnIn = 30
    /// Sweeps after that whose draws are summed up, ≥ 2. The default is 300.
    public var samples = 300
    /// Whether what is known of users, items and times beside the ratings counts. The default is false.
    public var usesFeatures = false
    /// Seeds all draws. The default is 1.
    public var seed: UInt64 = 1
    /// Who solves the rows' equations; the factors agree to 1e-5. The default is `lapack`.
    public var solver = Solver.lapack
    /// ≥ 1; results do not depend on it. The default is 1.
    public var threads = 1

    public init() {}

    /// Throws unless every field is in its range.
    public func validate() throws(FactorizationError) {
        if !(1...512).contains(rank) { throw .outOfRange("rank", "\(rank)", "1 to 512") }
        if burnIn < 0 { throw .outOfRange("burn-in", "\(burnIn)", "0 or more") }
        if samples < 2 { throw .outOfRange("samples", "\(samples)", "at least 2") }
        if threads < 1 { throw .outOfRange("threads", "\(threads)", "at least 1") }
    }
}
