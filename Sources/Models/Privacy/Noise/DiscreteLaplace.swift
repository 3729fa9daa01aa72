/// Noise for counts: the discrete Laplace distribution, P(x) = (e^(1/t) − 1)/(e^(1/t) + 1) · e^(−|x|/t) over the integers.
///
/// With scale t = Δ/ε, a count that one person changes by at most Δ is ε-differentially private. At t = 1, P(0) = (e − 1)/(e + 1)
/// ≈ 0.462117 and P(1) = P(−1) ≈ 0.170003; the variance is 2·e^(1/t)/(e^(1/t) − 1)² ≈ 1.841348.
public struct DiscreteLaplace: Sendable, Equatable {
    /// t, above 0.
    public let scale: Fraction

    /// - Parameter scale: above 0, of two numbers up to 2⁴⁸.
    public init(scale: Fraction) {
        precondition(scale.numerator > 0, "a scale is above 0")
        precondition(max(scale.numerator, scale.denominator) <= 1 << 48, "a scale is of two numbers up to 2⁴⁸")
        self.scale = scale
    }

    /// One value (Canonne, Kamath & Steinke 2020, algorithm 2).
    ///
    /// For t = p/q, a geometric variable x of ratio e^(−1/p) is made of its remainder by p, accepted with probability e^(−u/p),
    /// and a number of coins of e^(−1); ⌊x/q⌋ then has ratio e^(−q/p). A sign is drawn, and minus zero again.
    public func sample(using generator: inout some RandomNumberGenerator) -> Int64 {
        let (p, q) = (scale.numerator, scale.denominator)
        while true {
            let remainder = generator.next(upperBound: p)
            guard ExactBernoulli.drawExp(minus: Fraction(remainder, p), using: &generator) else { continue }
            var rounds: UInt128 = 0
            while ExactBernoulli.drawExp(minus: Fraction(1, 1), using: &generator) { rounds += 1 }
            let magnitude = Int64((remainder + p * rounds) / q)
            let isNegative = ExactBernoulli.draw(Fraction(1, 2), using: &generator)
            if isNegative && magnitude == 0 { continue }
            return isNegative ? -magnitude : magnitude
        }
    }
}
