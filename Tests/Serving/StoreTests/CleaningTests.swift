import Ratings
import Store
import Testing

struct CleaningTests {
    private let cleaning = Cleaning(scale: 0.5...5, now: now)

    /// The numbers of the documentation: one moment in three units.
    @Test(arguments: [1_577_836_800, 1_577_836_800_000, 1_577_836_800_000_000] as [Int64])
    func finerUnitsBecomeSeconds(_ time: Int64) {
        #expect(
            cleaning.verdict(value: 3, time: time) == .kept(time: 1_577_836_800, isConverted: time != 1_577_836_800))
    }

    @Test(arguments: [-1, 0, now + 86_401, 99_999_999_999, .max, .min] as [Int64])
    func impossibleTimesAreFound(_ time: Int64) {
        #expect(cleaning.verdict(value: 3, time: time) == .impossibleTime)
    }

    @Test func theDayAheadIsForClocksThatDiffer() {
        #expect(cleaning.verdict(value: 3, time: now + 86_400) == .kept(time: now + 86_400, isConverted: false))
        #expect(cleaning.verdict(value: 3, time: nil) == .kept(time: nil, isConverted: false))
    }

    @Test(arguments: [0.4, 5.5, -1, .infinity, .nan] as [Float])
    func valuesOffTheScaleAreFound(_ value: Float) {
        #expect(cleaning.verdict(value: value, time: now) == .outOfScale)
    }

    @Test(
        arguments: [
            ([1, 2, 5], 1...5), ([0.5, 4, 5], 0.5...5), ([1, 9, 10], 1...10), ([0, 10], 0...10), ([0, 55], 0...100),
            ([-3, 3], -3...3),
        ] as [([Float], ClosedRange<Float>)])
    func scaleIsTheUsualOneThatHoldsTheValues(_ values: [Float], _ scale: ClosedRange<Float>) {
        #expect(Cleaning.scale(of: [entries(values)]) == scale)
    }

    /// 1 of 200 values beyond does not make another scale.
    @Test func fewOutliersDoNotMoveTheScale() {
        #expect(Cleaning.scale(of: [entries(Array(repeating: 4, count: 199) + [99])]) == 1...5)
        #expect(Cleaning.scale(of: [entries(Array(repeating: 4, count: 296) + [3.5, 0.5, 2.5])]) == 0.5...5)
        #expect(Cleaning.scale(of: []) == nil)
    }

    private func entries(_ values: [Float]) -> RatingEntries {
        let zeros = values.map { _ in Int32(0) }
        return RatingEntries(users: zeros, items: zeros, values: values, timestamps: nil)
    }
}
