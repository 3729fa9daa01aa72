import Evaluation
import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct PredictionDensityTests {
    private func density(_ ratings: [Float]) -> PredictionDensity {
        PredictionDensity(
            of: RatingMatrix(rows: [ratings.enumerated().map { (item: $0, rating: $1) }], itemCount: ratings.count))
    }

    @Test func `density has a row per rating and 32 bins over the scale`() {
        let empty = density([5, 1, 3, 3])
        #expect(empty.ratings == [1, 3, 5] && empty.binWidth == 0.125)
        #expect(empty.bins == (0..<32).map { 1 + 0.125 * Double($0) })
        #expect(empty.counts == Array(repeating: Array(repeating: 0, count: 32), count: 3))
    }

    /// More than 20 distinct ratings are grouped into 20 equal intervals, named by their midpoints.
    @Test func `many distinct ratings are grouped into 20 intervals`() {
        #expect(density((0..<20).map { Float($0) / 2 }).ratings == (0..<20).map { Double($0) / 2 })
        let many = density((0...40).map { Float($0) })
        #expect(many.ratings == (0..<20).map { 2 * Double($0) + 1 } && many.binWidth == 1.25)
    }

    /// Checked by linear search: the nearest rating, and the last bin that starts at or below the prediction.
    @Test func `every pair is counted once, at its rating and bin`() {
        var generator = SeededGenerator(seed: 2)
        var density = density([0.5, 1, 2, 3.5, 4, 5])
        var expected = density.counts
        for _ in 0..<3_000 {
            // Predictions also on bin borders and off the scale; ratings absent from training.
            let predicted =
                Double(generator.next(below: 60)) * density.binWidth / 2 + (generator.uniform() < 0.5 ? 0.5 : 0)
            let rating = Double(generator.next(below: 12)) / 2 + 0.1
            density.add(rating, predicted: predicted)
            let nearest = density.ratings.map { abs($0 - rating) }
            let row = nearest.firstIndex(of: nearest.min() ?? 0) ?? 0
            expected[row][density.bins.lastIndex { $0 <= predicted } ?? 0] += 1
        }
        #expect(density.counts == expected)
        #expect(density.counts.reduce(0) { $0 + $1.reduce(0, +) } == 3_000)
        density.add(5, predicted: 7)
        density.add(5, predicted: -7)
        #expect(density.counts[5][31] == expected[5][31] + 1 && density.counts[5][0] == expected[5][0] + 1)
    }

    @Test func `density handles a single rating and none`() {
        var single = density([3, 3])
        single.add(3, predicted: 3)
        #expect(single.counts.count == 1 && single.counts[0].reduce(0, +) == 1)
        var none = PredictionDensity(of: RatingMatrix(rows: [[]], itemCount: 2))
        none.add(3, predicted: 3)
        #expect(none.ratings.isEmpty && none.counts.isEmpty)
    }
}
