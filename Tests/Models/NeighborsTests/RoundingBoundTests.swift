import LinearAlgebra
import Neighbors
import Testing

struct RoundingBoundTests {
    @Test func `bound matches the worked example`() {
        #expect(abs(RoundingBound.float(shared: 100) - 6.437343e-06) < 1e-11)
        #expect(RoundingBound.float(shared: 1 << 24) == .infinity)
    }

    /// Positive unit vectors, summed in `Float` in order, where all roundings may push the same way.
    @Test(arguments: [1, 10, 100, 1_000, 20_000])
    func `rounding error stays within the bound for long sums`(_ count: Int) {
        var generator = SeededGenerator(seed: UInt64(count))
        for _ in 0..<20 {
            let (x, y) = (unit(count, &generator), unit(count, &generator))
            var (rounded, exact): (Float, Double) = (0, 0)
            for index in 0..<count {
                rounded += Float(x[index]) * Float(y[index])
                exact += x[index] * y[index]
            }
            #expect(abs(Double(rounded) - exact) <= RoundingBound.float(shared: count))
        }
    }

    private func unit(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
        let vector = (0..<count).map { _ in 0.5 + generator.uniform() }
        let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return vector.map { $0 / norm }
    }
}
