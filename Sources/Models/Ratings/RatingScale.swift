import LinearAlgebra

/// The rating scale, inferred from the data.
public struct RatingScale: Sendable, Equatable {
    /// The lowest rating.
    public let minimum: Float
    /// The highest rating.
    public let maximum: Float
    /// 1 if all ratings are integers, 0.5 if all are multiples of ½, else nil for any number.
    public let step: Float?

    /// Creates a scale.
    public init(minimum: Float, maximum: Float, step: Float?) {
        precondition(minimum <= maximum, "minimum exceeds maximum")
        self.minimum = minimum
        self.maximum = maximum
        self.step = step
    }

    /// The scale of ratings, or nil if there are none.
    public init?(of ratings: RatingMatrix) {
        let values = ratings.byUser.values.span
        guard !values.isEmpty else { return nil }
        // Four at a time: each comparison waits for the one before.
        var least = SIMD4(repeating: values[0])
        var most = least
        for place in stride(from: 0, to: values.count - 3, by: 4) {
            let four = SIMD4(values[place], values[place + 1], values[place + 2], values[place + 3])
            least.replace(with: four, where: four .< least)
            most.replace(with: four, where: four .> most)
        }
        let rest = values.count / 4 * 4..<values.count
        minimum = rest.reduce(least.min()) { min($0, values[$1]) }
        maximum = rest.reduce(most.max()) { max($0, values[$1]) }
        step = Self.areWhole(values, times: 1) ? 1 : Self.areWhole(values, times: 2) ? 0.5 : nil
    }

    /// Whether all multiples of values are integers; without branches, so that many are tested at once.
    private static func areWhole(_ values: Span<Float>, times factor: Float) -> Bool {
        // From here on there are no fractions, and adding it rounds what is less.
        let bound: Float = 0x1p23
        var fractions: UInt32 = 0
        for place in values.indices {
            let size = min(abs(factor * values[place]), bound)
            fractions |= (size + bound) - bound == size ? 0 : 1
        }
        return fractions == 0
    }
}

extension RatingScale {
    /// What can be a rating, or a number of plays: the sum of the squares of all ratings stays in the range of `Float`.
    public static let widest: ClosedRange<Float> = -1e12...1e12

    /// A number clamped to the scale's ends, regardless of its step.
    public func clamped(_ rating: Double) -> Double { min(Double(maximum), max(Double(minimum), rating)) }
}

extension RatingScale? {
    /// A number clamped to the scale, or unchanged if there is none.
    public func clamped(_ rating: Double) -> Double { self?.clamped(rating) ?? rating }
}
