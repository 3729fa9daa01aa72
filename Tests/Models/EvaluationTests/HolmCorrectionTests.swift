import Evaluation
import LinearAlgebra
import Testing

struct HolmCorrectionTests {
    @Test func `adjusted p-values match the worked example`() {
        let adjusted = HolmCorrection.adjusted([0.01, 0.04, 0.03, 0.005])
        #expect(zip(adjusted, [0.03, 0.06, 0.06, 0.02]).allSatisfy { abs($0 - $1) < 1e-15 })
    }

    @Test func `adjusted p-values stay at most 1 and a single one is unchanged`() {
        #expect(HolmCorrection.adjusted([0.9, 0.6, 1]) == [1, 1, 1])
        #expect(HolmCorrection.adjusted([0.3]) == [0.3])
        #expect(HolmCorrection.adjusted([]) == [])
    }

    /// Holm's procedure: step down while the next p-value is at most α / (hypotheses left), then stop.
    @Test func `adjusted p-values reject the same hypotheses as the step-down procedure`() {
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<200 {
            let pValues = (0..<6).map { _ in Double(generator.next(below: 40)) / 400 }
            let adjusted = HolmCorrection.adjusted(pValues)
            let alpha = 0.0501
            let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
            let rejected = order.enumerated().prefix { pValues[$1] <= alpha / Double(pValues.count - $0) }
            #expect(pValues.indices.filter { adjusted[$0] <= alpha } == rejected.map(\.element).sorted())
        }
    }
}
