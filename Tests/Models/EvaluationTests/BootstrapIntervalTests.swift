import Evaluation
import LinearAlgebra
import Testing

struct BootstrapIntervalTests {
    private let oneToTen = (1...10).map(Double.init)

    @Test func `interval of 1 to 10 matches the worked example`() {
        let interval = BootstrapInterval(meanOf: oneToTen, resamples: 100_000, seed: 1)
        #expect(abs(interval.lower - 3.7) < 1e-12 && abs(interval.upper - 7.3) < 1e-12)
    }

    /// Ten convolutions give the exact distribution of the sum of ten draws from 1…10.
    @Test(arguments: [0.5, 0.8, 0.95, 0.99])
    func `interval matches the exact distribution of the mean`(confidence: Double) {
        var chances = [1.0]
        for _ in 0..<10 {
            var next = [Double](repeating: 0, count: chances.count + 10)
            for (sum, chance) in chances.enumerated() { for value in 1...10 { next[sum + value] += chance / 10 } }
            chances = next
        }
        func quantile(_ share: Double) -> Double {
            var below = 0.0
            let sum = chances.firstIndex {
                below += $0
                return below >= share
            }
            return Double(sum ?? 0) / 10
        }
        // On a lattice with steps of 0.1, 2,000 draws may be off by one step.
        let interval = BootstrapInterval(meanOf: oneToTen, confidence: confidence, seed: 5)
        #expect(abs(interval.lower - quantile((1 - confidence) / 2)) < 0.21)
        #expect(abs(interval.upper - quantile((1 + confidence) / 2)) < 0.21)
    }

    @Test func `same seed gives the same interval`() {
        let values = (0..<40).map { Double($0 * $0 % 17) + 0.1 * Double($0) }
        #expect(BootstrapInterval(meanOf: values, seed: 1) == BootstrapInterval(meanOf: values, seed: 1))
        #expect(BootstrapInterval(meanOf: values, seed: 1) != BootstrapInterval(meanOf: values, seed: 2))
    }

    @Test func `one value or one draw gives an interval of width zero`() {
        let single = BootstrapInterval(meanOf: [4], seed: 1)
        #expect(single.lower == 4 && single.upper == 4)
        let once = BootstrapInterval(meanOf: [1, 2, 3], resamples: 1, seed: 1)
        #expect(once.lower == once.upper)
    }

    /// 300 samples of 50 normal numbers.
    @Test func `95 % intervals cover the true mean about 95 % of the time`() {
        var generator = SeededGenerator(seed: 11)
        let held = (0..<300).count { sample in
            let values = (0..<50).map { _ in generator.normal() }
            let interval = BootstrapInterval(meanOf: values, resamples: 400, seed: UInt64(sample))
            return interval.lower <= 0 && interval.upper >= 0
        }
        #expect((270...296).contains(held))
    }
}
