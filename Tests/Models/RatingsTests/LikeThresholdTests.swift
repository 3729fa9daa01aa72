import LinearAlgebra
import Ratings
import TestSupport
import Testing

/// What is a like where nobody chose.
struct LikeThresholdTests {
    private func ratings(_ values: [Float]) -> RatingMatrix {
        RatingMatrix(rows: values.map { [(item: 0, rating: $0)] }, itemCount: 1)
    }

    private func threshold(_ values: [Float]...) -> Float {
        RatingScale.likeThreshold(of: values.map(ratings))
    }

    @Test func `thresholds match the worked examples`() {
        #expect(threshold([1, 2, 3, 4, 5]) == 4)
        #expect(threshold((1...10).map { Float($0) / 2 }) == 4)
        #expect(threshold((1...10).map(Float.init)) == 8)
        #expect(threshold([4, 6, 10]) == 10)
        #expect(threshold([1, 1, 1]) == 1)
        #expect(threshold([]) == 0 && threshold() == 0)
    }

    @Test func `bounds match the worked examples`() {
        func bound(_ minimum: Float, _ maximum: Float, _ step: Float?) -> Float {
            RatingScale(minimum: minimum, maximum: maximum, step: step).likeBound
        }
        #expect(bound(1, 5, 1) == 4 && bound(0.5, 5, 0.5) == 4 && bound(1, 10, 1) == 8 && bound(4, 10, 1) == 9)
        #expect(bound(0.5, 5, nil) == 3.875 && bound(1, 10, nil) == 7.75 && bound(4, 10, nil) == 8.5)
        #expect(bound(1, 1, 1) == 1 && bound(-1, 1, 1) == 1 && bound(0, 1, 1) == 1)
    }

    /// A decimal scale whose bound is a rating up to the last bit: the rating is a like.
    @Test func `rounding does not raise the threshold`() {
        #expect(threshold((1...9).map { Float($0) / 10 }) == 0.7)
        #expect(threshold([-1, 0, 1]) == 1 && threshold([-10, 5, 10]) == 5)
    }

    /// Neither the order of ratings nor how they are split matters.
    @Test func `parts are on one scale`() {
        #expect(threshold([1, 2], [10, 8, 7]) == 8)
        #expect(threshold([10], [], [1, 9]) == 9)
        #expect(threshold([10, 9, 1]) == threshold([1, 9, 10]))
    }

    @Test func `at least the highest rating is a like, and it occurs`() {
        for seed in 0..<20 {
            let matrix = RatingMatrix.random(
                users: 12, items: 8, density: 0.3, step: [0.5, 1, 0.3][Int(seed) % 3], seed: UInt64(seed))
            guard let scale = RatingScale(of: matrix) else { continue }
            let threshold = RatingScale.likeThreshold(of: [matrix])
            #expect(matrix.byUser.values.contains(threshold) && scale.likeBound...scale.maximum ~= threshold)
            #expect(!matrix.byUser.values.contains { $0 >= scale.likeBound && $0 < threshold })
        }
    }
}
