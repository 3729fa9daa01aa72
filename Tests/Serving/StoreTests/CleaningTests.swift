import Ratings
import Store
import Testing

struct CleaningTests {
    private let cleaning = Cleaning(scale: 0.5...5, now: now)

    /// The documented numbers: one instant in three units.
    @Test(arguments: [1_577_836_800, 1_577_836_800_000, 1_577_836_800_000_000] as [Int64])
    func `milliseconds and microseconds become seconds`(_ time: Int64) {
        #expect(
            cleaning.verdict(value: 3, time: time) == .kept(time: 1_577_836_800, isConverted: time != 1_577_836_800))
    }

    @Test(arguments: [-1, 0, now + 86_401, 99_999_999_999, .max, .min] as [Int64])
    func `impossible timestamps are detected`(_ time: Int64) {
        #expect(cleaning.verdict(value: 3, time: time) == .impossibleTime)
    }

    @Test func `timestamps up to a day ahead are accepted`() {
        #expect(cleaning.verdict(value: 3, time: now + 86_400) == .kept(time: now + 86_400, isConverted: false))
        #expect(cleaning.verdict(value: 3, time: nil) == .kept(time: nil, isConverted: false))
    }

    @Test(arguments: [0.4, 5.5, -1, .infinity, .nan] as [Float])
    func `values off the scale are detected`(_ value: Float) {
        #expect(cleaning.verdict(value: value, time: now) == .outOfScale)
    }

    @Test(
        arguments: [
            ([1, 2, 5], 1...5), ([0.5, 4, 5], 0.5...5), ([1, 9, 10], 1...10), ([0, 10], 0...10), ([0, 55], 0...100),
            ([-3, 3], -3...3),
        ] as [([Float], ClosedRange<Float>)])
    func `scale is the smallest common one that covers the values`(_ values: [Float], _ scale: ClosedRange<Float>) {
        #expect(Cleaning.scale(of: [entries(values)]) == scale)
    }

    /// One outlier in 200 values does not change the scale.
    @Test func `few outliers do not change the scale`() {
        #expect(Cleaning.scale(of: [entries(Array(repeating: 4, count: 199) + [99])]) == 1...5)
        #expect(Cleaning.scale(of: [entries(Array(repeating: 4, count: 296) + [3.5, 0.5, 2.5])]) == 0.5...5)
        #expect(Cleaning.scale(of: []) == nil)
    }

    private func entries(_ values: [Float]) -> RatingEntries {
        let zeros = values.map { _ in Int32(0) }
        return RatingEntries(users: zeros, items: zeros, values: values, timestamps: nil)
    }
}
