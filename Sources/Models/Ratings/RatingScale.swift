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
        let values = ratings.byUser.values
        guard let first = values.first else { return nil }
        var minimum = first
        var maximum = first
        var whole = true
        var half = true
        for value in values {
            minimum = min(minimum, value)
            maximum = max(maximum, value)
            whole = whole && value == value.rounded()
            half = half && 2 * value == (2 * value).rounded()
        }
        self.minimum = minimum
        self.maximum = maximum
        step = whole ? 1 : half ? 0.5 : nil
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
