import Foundation
import LinearAlgebra
import Privacy
import Testing

struct NoiseTests {
    private static let count = 20_000

    /// Pearson's χ² of samples against probabilities, over values that are expected five times or more and one cell of all
    /// others, and the number of cells less one.
    private static func chiSquared(_ samples: [Int64], _ probability: (Int64) -> Double) -> (
        value: Double, freedom: Int
    ) {
        var counts: [Int64: Int] = [:]
        for sample in samples { counts[sample, default: 0] += 1 }
        let values = (Int64(-2_000)...2_000).filter { probability($0) * Double(samples.count) >= 5 }
        var (found, share, sum) = (0, 0.0, 0.0)
        for value in values {
            let expected = probability(value) * Double(samples.count)
            let count = counts[value, default: 0]
            sum += (Double(count) - expected) * (Double(count) - expected) / expected
            found += count
            share += probability(value)
        }
        let others = max((1 - share) * Double(samples.count), 1e-9)
        let count = samples.count - found
        if others >= 1 { sum += (Double(count) - others) * (Double(count) - others) / others }
        return (sum, values.count - (others >= 1 ? 0 : 1))
    }

    /// What χ² stays below in 999,999 of a million runs (Wilson & Hilferty 1931).
    private static func critical(_ freedom: Int) -> Double {
        let n = Double(freedom)
        let root = 1 - 2 / (9 * n) + 4.753 * (2 / (9 * n)).squareRoot()
        return n * root * root * root
    }

    private static func laplace(_ scale: Double) -> (Int64) -> Double {
        { (exp(1 / scale) - 1) / (exp(1 / scale) + 1) * exp(-Double(abs($0)) / scale) }
    }

    private static func gaussian(_ variance: Double) -> (Int64) -> Double {
        let total = (-2_000...2_000).reduce(0.0) { $0 + exp(-Double($1 * $1) / (2 * variance)) }
        return { exp(-Double($0 * $0) / (2 * variance)) / total }
    }

    @Test(arguments: [(1, 1), (7, 2), (1, 3), (40, 1), (1_000_000, 500_000)] as [(UInt128, UInt128)])
    func `discrete Laplace noise has the probabilities of its formula`(_ numerator: UInt128, _ denominator: UInt128) {
        var generator = SeededGenerator(seed: 18)
        let noise = DiscreteLaplace(scale: Fraction(numerator, denominator))
        let samples = (0..<Self.count).map { _ in noise.sample(using: &generator) }
        let scale = Double(numerator) / Double(denominator)
        let (value, freedom) = Self.chiSquared(samples, Self.laplace(scale))
        #expect(value < Self.critical(freedom), "χ² \(value) of \(freedom) degrees of freedom")
        // A wrong scale is found.
        let wrong = Self.chiSquared(samples, Self.laplace(1.2 * scale))
        #expect(wrong.value > Self.critical(wrong.freedom))
    }

    @Test(arguments: [(1, 1), (9, 4), (1, 5), (400, 1), (16 * 37, 16)] as [(UInt128, UInt128)])
    func `discrete Gaussian noise has the probabilities of its formula`(_ numerator: UInt128, _ denominator: UInt128) {
        var generator = SeededGenerator(seed: 19)
        let noise = DiscreteGaussian(variance: Fraction(numerator, denominator))
        let samples = (0..<Self.count).map { _ in noise.sample(using: &generator) }
        let variance = Double(numerator) / Double(denominator)
        let (value, freedom) = Self.chiSquared(samples, Self.gaussian(variance))
        #expect(value < Self.critical(freedom), "χ² \(value) of \(freedom) degrees of freedom")
        let wrong = Self.chiSquared(samples, Self.gaussian(1.3 * variance))
        #expect(wrong.value > Self.critical(wrong.freedom))
    }

    @Test func `the numbers of the documentation`() {
        #expect(abs(Self.laplace(1)(0) - 0.462117) < 1e-6 && abs(Self.laplace(1)(1) - 0.170003) < 1e-6)
        let variance = 2 * exp(1.0) / ((exp(1.0) - 1) * (exp(1.0) - 1))
        #expect(abs(variance - 1.841348) < 1e-6)
        #expect(abs(Self.gaussian(1)(0) - 0.398942) < 1e-6 && abs(Self.gaussian(1)(1) - 0.241971) < 1e-6)
        #expect(abs(exp(-0.5) - 0.606531) < 1e-6)
    }

    @Test func `means and variances are those of the distributions`() {
        var generator = SeededGenerator(seed: 20)
        func moments(_ sample: () -> Int64) -> (mean: Double, variance: Double) {
            let samples = (0..<Self.count).map { _ in Double(sample()) }
            let mean = samples.reduce(0, +) / Double(samples.count)
            return (mean, samples.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(samples.count))
        }
        let laplace = moments { DiscreteLaplace(scale: Fraction(1, 1)).sample(using: &generator) }
        #expect(abs(laplace.mean) < 0.05 && abs(laplace.variance - 1.841348) < 0.15)
        let gaussian = moments { DiscreteGaussian(variance: Fraction(100, 1)).sample(using: &generator) }
        #expect(abs(gaussian.mean) < 0.35 && abs(gaussian.variance - 100) < 5)
    }

    @Test func `the same seed gives the same noise, and large scales do not overflow`() {
        func draw(_ seed: UInt64) -> [Int64] {
            var generator = SeededGenerator(seed: seed)
            let laplace = DiscreteLaplace(scale: Fraction(1 << 40, 1))
            let gaussian = DiscreteGaussian(variance: Fraction(1 << 36, 16))
            return (0..<50).map { _ in laplace.sample(using: &generator) + gaussian.sample(using: &generator) }
        }
        #expect(draw(1) == draw(1) && draw(1) != draw(2))
    }
}
