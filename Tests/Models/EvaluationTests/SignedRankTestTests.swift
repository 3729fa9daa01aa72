import Evaluation
import LinearAlgebra
import Testing

/// Expected numbers from scipy 1.17.1: `scipy.stats.wilcoxon(differences, zero_method="wilcox", method="exact")` or
/// `method="approx", correction=False`.
struct SignedRankTestTests {
    @Test func `Darwin's maize gives the published p-value`() {
        let test = SignedRankTest(differences: [6, 8, 14, 16, 23, 24, 28, 29, 41, -48, 49, 56, 60, -67, 75])
        #expect(test.count == 15 && test.statistic == 24)
        #expect(abs(test.pValue - 0.041260) < 1e-6)
        #expect(test.pValue == 0.041259765625)
        #expect(test.effectSize == 0.6)
    }

    /// `[(1 if (i * 7) % 11 < 6 else -1) * i for i in range(1, n + 1)]`, exact for 50 and approximate for 51.
    @Test(arguments: [(50, 612.0, 0.8109402812359416), (51, 612, 0.6326168883681336)])
    func `p-value is exact up to 50 differences and approximate beyond`(n: Int, statistic: Double, pValue: Double) {
        let test = SignedRankTest(differences: (1...n).map { Double($0 * 7 % 11 < 6 ? $0 : -$0) })
        #expect(test.count == n && test.statistic == statistic)
        #expect(abs(test.pValue - pValue) < 1e-12)
    }

    @Test func `ties use the normal approximation`() {
        let few = SignedRankTest(differences: [0, 1, -1, 2, 2, -3, 0, 4, 4, 4, -1, 5])
        #expect(few.count == 10 && few.statistic == 10)
        #expect(abs(few.pValue - 0.07276816077961587) < 1e-12)
        // [(i * i * 7) % 41 - 17 for i in range(200)]
        let many = SignedRankTest(differences: (0..<200).map { Double($0 * $0 * 7 % 41 - 17) })
        #expect(many.count == 190 && many.statistic == 6163)
        #expect(abs(many.pValue - 0.00012499447019026565) < 1e-15)
    }

    @Test func `zero differences are dropped`() {
        let test = SignedRankTest(differences: [0, 1, 2, -3, 0, 4, 5, -6, 7])
        #expect(test.count == 7 && test.statistic == 9)
        #expect(test.pValue == 0.46875)
        #expect(test == SignedRankTest(differences: [1, 2, -3, 4, 5, -6, 7]))
    }

    @Test func `no, one and all-positive differences give the extreme p-values`() {
        for differences: [Double] in [[], [0, 0]] {
            let none = SignedRankTest(differences: differences)
            #expect(none.count == 0 && none.statistic == 0 && none.pValue == 1 && none.effectSize == 0)
        }
        let one = SignedRankTest(differences: [-7])
        #expect(one.pValue == 1 && one.effectSize == -1)
        #expect(SignedRankTest(differences: [1, 2, 3, 4, 5]).pValue == 0.0625)
    }

    @Test func `p-value keeps its digits in the far tail`() {
        let test = SignedRankTest(differences: (1...100).map(Double.init))
        #expect(test.statistic == 0 && test.effectSize == 1)
        #expect(abs(test.pValue / 3.896559845095909e-18 - 1) < 1e-9)
    }

    @Test func `negated differences only flip the effect size`() {
        let differences = [0.3, -1.1, 2.4, 0.9, -0.2, 5, 0, 1.7]
        let test = SignedRankTest(differences: differences)
        let turned = SignedRankTest(differences: differences.reversed().map { -$0 })
        #expect(test.statistic == turned.statistic && test.pValue == turned.pValue)
        #expect(test.effectSize == -turned.effectSize)
    }

    @Test func `exact p-value equals enumeration of all signs`() {
        var generator = SeededGenerator(seed: 3)
        for n in 1...11 {
            let differences = (1...n).shuffled(using: &generator)
                .map { generator.next(below: 2) == 0 ? Double($0) : -Double($0) }
            let test = SignedRankTest(differences: differences)
            let extreme = (0..<1 << n).count { signs in
                let positive = (1...n).reduce(0) { $0 + (signs >> ($1 - 1) & 1) * $1 }
                return Double(min(positive, n * (n + 1) / 2 - positive)) <= test.statistic
            }
            #expect(test.pValue == Double(extreme) / Double(1 << n))
        }
    }
}
