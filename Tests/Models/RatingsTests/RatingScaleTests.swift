import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct RatingScaleTests {
    /// Ratings of one user.
    private func matrix(_ values: [Float]) -> RatingMatrix {
        RatingMatrix(rows: [values.enumerated().map { (item: $0.offset, rating: $0.element) }], itemCount: values.count)
    }

    @Test func `no ratings have no scale`() { #expect(RatingScale(of: matrix([])) == nil) }

    /// The definition, one value at a time; in all lengths, since values are compared four at a time.
    @Test(arguments: [1, 0.5, 0.25, 1 / 3] as [Float])
    func `the scale is that of its definition`(_ unit: Float) {
        var generator = SeededGenerator(seed: 3)
        for count in 1...40 {
            let values = (0..<count).map { _ in (Float(generator.uniform()) * 40 - 15).rounded() * unit }
            let isWhole = values.allSatisfy { $0 == $0.rounded() }
            let isHalf = values.allSatisfy { 2 * $0 == (2 * $0).rounded() }
            let expected = RatingScale(
                minimum: values.reduce(.infinity, min), maximum: values.reduce(-.infinity, max),
                step: isWhole ? 1 : isHalf ? 0.5 : nil)
            #expect(RatingScale(of: matrix(values)) == expected, "\(values)")
        }
    }

    /// Around 2²², 2²³ and 2²⁴, where halves and then odd numbers end.
    @Test(
        arguments: [
            ([8_388_607.5, 3], 0.5), ([4_194_303.5, 3], 0.5), ([4_194_303.25, 3], nil), ([8_388_609, 1], 1),
            ([16_777_215, 1], 1), ([1e12, -1e12], 1), ([-0.5, 1e12], 0.5), ([1e-30, 1], nil), ([-0.0, 0], 1),
        ] as [([Float], Float?)])
    func `steps of large and small numbers are seen`(_ values: [Float], _ step: Float?) {
        #expect(RatingScale(of: matrix(values))?.step == step)
    }
}
