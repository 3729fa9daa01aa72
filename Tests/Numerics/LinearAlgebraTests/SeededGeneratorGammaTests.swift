import LinearAlgebra
import Testing

struct SeededGeneratorGammaTests {
    /// Within five standard errors; the fourth central moment of a gamma variate is 3k(k + 2)/rate⁴.
    @Test(arguments: [0.1, 0.5, 1, 2.5, 40], [0.5, 3])
    func `gamma variates have the right mean and variance`(_ shape: Double, _ rate: Double) {
        var generator = SeededGenerator(seed: 17)
        let count = 100_000.0
        let numbers = (0..<Int(count)).map { _ in generator.gamma(shape: shape, rate: rate) }
        let mean = numbers.reduce(0, +) / count
        let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
        let expected = shape / (rate * rate)
        let fourth = 3 * shape * (shape + 2) / (rate * rate * rate * rate)
        #expect(numbers.allSatisfy { $0 >= 0 && $0.isFinite })
        #expect(abs(mean - shape / rate) < 5 * (expected / count).squareRoot())
        #expect(abs(variance - expected) < 5 * ((fourth - expected * expected) / count).squareRoot())
    }

    /// The share above t is e^(−rate·t), here 1/2 and 1/4.
    @Test func `gamma with shape 1 is exponential`() {
        var generator = SeededGenerator(seed: 4)
        let half = 0.693147 / 2
        let numbers = (0..<40_000).map { _ in generator.gamma(shape: 1, rate: 2) }
        #expect(abs(numbers.count { $0 > half } - 20_000) < 500)
        #expect(abs(numbers.count { $0 > 2 * half } - 10_000) < 435)
    }

    @Test func `same seed gives the same gamma variates`() {
        func numbers(_ seed: UInt64) -> [Double] {
            var generator = SeededGenerator(seed: seed)
            return (0..<50).map { generator.gamma(shape: 0.2 + Double($0) / 10, rate: 1) }
        }
        #expect(numbers(1) == numbers(1))
        #expect(numbers(1) != numbers(2))
    }

    /// Neighboring and swapped coordinates and prefixes differ; equal coordinates agree.
    @Test func `every coordinate has its own random stream`() {
        var firsts: [UInt64] = []
        for sweep in 0..<20 {
            for row in 0..<20 {
                var generator = SeededGenerator(seed: 5, sweep, row)
                var again = SeededGenerator(seed: 5, sweep, row)
                firsts.append(generator.next())
                #expect(again.next() == firsts.last)
            }
            var shorter = SeededGenerator(seed: 5, sweep)
            var otherSeed = SeededGenerator(seed: 6, sweep)
            firsts += [shorter.next(), otherSeed.next()]
        }
        #expect(Set(firsts).count == firsts.count)
        // First numbers across streams are uniform, within five standard deviations of a mean of 400.
        let mean = firsts.reduce(0) { $0 + Double($1 >> 11) * 0x1p-53 } / Double(firsts.count)
        #expect(abs(mean - 0.5) < 5 * (1 / (12 * Double(firsts.count))).squareRoot())
    }

    @Test func `branch equals the generator of the inner coordinate`() {
        let outer = SeededGenerator(seed: 3, 5, 7)
        var (branch, place, again) = (outer.branch(2), SeededGenerator(seed: 3, 5, 7, 2), outer.branch(2))
        for _ in 0..<3 {
            let number = branch.next()
            #expect(number == place.next() && number == again.next())
        }
    }
}
