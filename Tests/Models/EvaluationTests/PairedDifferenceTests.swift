import Evaluation
import Testing

struct PairedDifferenceTests {
    private let models: [(name: String, values: [Double])] = [
        ("A", [1, 2, 3, 4, 5, 6]), ("B", [0.5, 1.5, 2.5, 3.5, 4.5, 5.5]), ("C", [1, 1, 1, 1, 1, 1]),
    ]

    @Test func `pairs match hand-computed means, p-values and effect sizes`() {
        let pairs = PairedDifference.allPairs(metric: .ndcg, models: models, seed: 1)
        #expect(pairs.map(\.first) == ["A", "A", "B"] && pairs.map(\.second) == ["B", "C", "C"])
        #expect(pairs.allSatisfy { $0.metric == .ndcg && $0.userCount == 6 })
        #expect(pairs.map(\.meanFirst) == [3.5, 3.5, 3] && pairs.map(\.meanSecond) == [3, 1, 1])
        #expect(pairs.map(\.mean) == [0.5, 2.5, 2])
        // scipy.stats.wilcoxon, as in SignedRankTestTests.
        #expect(zip(pairs.map(\.pValue), [0.014306, 0.0625, 0.058475]).allSatisfy { abs($0 - $1) < 1e-6 })
        let adjusted = zip(pairs.map(\.adjustedPValue), [0.042918, 0.116951, 0.116951])
        #expect(adjusted.allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(pairs[0].effectSize == 1 && pairs[1].effectSize == 1)
        #expect(abs(pairs[2].effectSize - 18 / 21) < 1e-15)
    }

    @Test func `interval is that of the mean difference`() {
        let pairs = PairedDifference.allPairs(metric: .rmse, models: models, seed: 1)
        #expect(pairs[0].interval.lower == 0.5 && pairs[0].interval.upper == 0.5)
        #expect(pairs[1].interval == BootstrapInterval(meanOf: [0, 1, 2, 3, 4, 5], seed: 1))
        // The draws of users are the same: B − C is A − C minus 0.5.
        #expect(abs(pairs[2].interval.lower - pairs[1].interval.lower + 0.5) < 1e-12)
    }

    @Test func `differences are identical at any thread count`() {
        let one = PairedDifference.allPairs(metric: .ndcg, models: models, seed: 7)
        #expect(one == PairedDifference.allPairs(metric: .ndcg, models: models, seed: 7, threads: 4))
    }

    @Test func `equal models do not differ and too few models or users give no pairs`() {
        let same = PairedDifference.allPairs(
            metric: .ndcg, models: [("A", [1, 2]), ("also A", [1, 2])], seed: 1)
        #expect(same.count == 1 && same[0].pValue == 1 && same[0].mean == 0 && same[0].effectSize == 0)
        #expect(PairedDifference.allPairs(metric: .ndcg, models: [("A", [1])], seed: 1).isEmpty)
        #expect(PairedDifference.allPairs(metric: .ndcg, models: [("A", []), ("B", [])], seed: 1).isEmpty)
    }
}
