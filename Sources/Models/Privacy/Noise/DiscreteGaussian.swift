/// Noise for counts: the discrete Gaussian distribution, P(x) ∝ e^(−x²/2σ²) over the integers.
///
/// Counts that one person changes by at most Δ in Euclidean norm are ρ-zCDP with σ² = Δ²/2ρ (Canonne, Kamath & Steinke 2020,
/// theorem 4). At σ² = 1, P(0) ≈ 0.398942 and P(1) ≈ 0.241971, the density of the normal distribution to six digits.
public struct DiscreteGaussian: Sendable, Equatable {
    /// σ², above 0.
    public let variance: Fraction
    /// t = ⌊σ⌋ + 1, the scale of the discrete Laplace distribution that is drawn from.
    private let scale: UInt128

    /// - Parameter variance: above 0; its two numbers multiply to 2⁴⁰ at most.
    public init(variance: Fraction) {
        let (n, d) = (variance.numerator, variance.denominator)
        precondition(
            n > 0 && max(n, d) <= 1 << 40 && n * d <= 1 << 40, "a variance is above 0, of two numbers up to 2⁴⁰")
        self.variance = variance
        // At most one off, which is put right in integers.
        var root = UInt128(Double(n / d).squareRoot())
        while root * root > n / d { root -= 1 }
        while (root + 1) * (root + 1) <= n / d { root += 1 }
        scale = root + 1
    }

    /// One value (Canonne, Kamath & Steinke 2020, algorithm 3).
    ///
    /// y of the discrete Laplace distribution with scale t is accepted with probability e^(−(|y| − σ²/t)²/2σ²), which is
    /// proportional to the ratio of the two distributions. With σ² = n/d the exponent is (|y|·t·d − n)²/(2·n·d·t²).
    public func sample(using generator: inout some RandomNumberGenerator) -> Int64 {
        let (n, d) = (variance.numerator, variance.denominator)
        let laplace = DiscreteLaplace(scale: Fraction(scale, 1))
        while true {
            let value = laplace.sample(using: &generator)
            let product = UInt128(value.magnitude) * scale * d
            let distance = product > n ? product - n : n - product
            let exponent = Fraction(distance * distance, 2 * n * d * scale * scale)
            if ExactBernoulli.drawExp(minus: exponent, using: &generator) { return value }
        }
    }
}
