/// A fraction of non-negative integers, for probabilities and scales without rounding.
public struct Fraction: Sendable, Equatable {
    public let numerator: UInt128
    /// Above 0.
    public let denominator: UInt128

    /// - Parameter denominator: above 0.
    public init(_ numerator: UInt128, _ denominator: UInt128) {
        precondition(denominator > 0, "a denominator is above 0")
        self.numerator = numerator
        self.denominator = denominator
    }
}

/// Coins that come up with exact probabilities, of random bits and integers alone.
///
/// Sampling with floating-point numbers leaves gaps in what can come out, and these tell the value that the noise hides (Mironov
/// 2012); here nothing is rounded.
struct ExactBernoulli {
    /// True with probability p: 3/4 for three of four numbers below 4.
    ///
    /// - Parameter p: at most 1.
    static func draw(_ p: Fraction, using generator: inout some RandomNumberGenerator) -> Bool {
        precondition(p.numerator <= p.denominator, "a probability is at most 1")
        return generator.next(upperBound: p.denominator) < p.numerator
    }

    /// True with probability exp(−γ) (Canonne, Kamath & Steinke 2020, algorithm 1): exp(−1/2) ≈ 0.606531.
    ///
    /// For γ ≤ 1, coins of probability γ/1, γ/2, γ/3 … are thrown until one fails; the number of throws is odd with probability
    /// 1 − γ + γ²/2! − γ³/3! + … = exp(−γ). A larger γ is so many coins of exp(−1), and one of what remains.
    static func drawExp(minus gamma: Fraction, using generator: inout some RandomNumberGenerator) -> Bool {
        let (whole, rest) = gamma.numerator.quotientAndRemainder(dividingBy: gamma.denominator)
        for _ in 0..<whole where !drawExpOfUnit(Fraction(1, 1), using: &generator) { return false }
        return drawExpOfUnit(Fraction(rest, gamma.denominator), using: &generator)
    }

    private static func drawExpOfUnit(_ gamma: Fraction, using generator: inout some RandomNumberGenerator) -> Bool {
        var throwCount: UInt128 = 1
        // γ/n as two coins, γ and 1/n, so that no product overflows.
        while draw(gamma, using: &generator), draw(Fraction(1, throwCount), using: &generator) { throwCount += 1 }
        return throwCount % 2 == 1
    }
}
