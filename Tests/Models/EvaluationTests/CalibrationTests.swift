import Evaluation
import LinearAlgebra
import Testing

struct CalibrationTests {
    @Test func `shares and widths match the worked example`() {
        let calibration = Calibration(
            ratings: [3, 4, 2, 5], predictions: Array(repeating: (mean: 3, standardDeviation: 1), count: 4))
        #expect(calibration.count == 4)
        #expect(calibration.levels.map(\.level) == [0.5, 0.8, 0.95])
        #expect(calibration.levels.map(\.share) == [0.25, 0.75, 0.75])
        let widths = zip(calibration.levels, [1.348980, 2.563104, 3.919928])
        #expect(widths.allSatisfy { abs($0.meanWidth - $1) < 1e-12 })
    }

    @Test func `widths are averaged over predictions`() {
        let calibration = Calibration(ratings: [1, 1], predictions: [(mean: 1, 0), (mean: 2, 2)])
        #expect(calibration.levels.map(\.share) == [1, 1, 1])
        #expect(calibration.levels[0].meanWidth == 1.348980)
    }

    @Test func `true deviations are calibrated and halved ones are not`() {
        var generator = SeededGenerator(seed: 2)
        let deviations = (0..<20_000).map { _ in 0.2 + generator.uniform() }
        let ratings = deviations.map { 3 + $0 * generator.normal() }
        let honest = Calibration(ratings: ratings, predictions: deviations.map { (mean: 3, standardDeviation: $0) })
        #expect(honest.levels.allSatisfy { abs($0.share - $0.level) < 0.01 })
        let bold = Calibration(ratings: ratings, predictions: deviations.map { (mean: 3, standardDeviation: $0 / 2) })
        #expect(bold.levels.allSatisfy { $0.share < $0.level - 0.1 })
    }
}
