import LinearAlgebra

/// The scale that ratings are on, as seen in the data.
public struct RatingScale: Sendable, Equatable {
    public let minimum: Float
    public let maximum: Float
    /// 1 where all ratings are whole numbers, 0.5 where they are whole and half, else nil: any number.
    public let step: Float?

    public init(minimum: Float, maximum: Float, step: Float?) {
        precondition(minimum <= maximum, "a scale that does not end before it begins")
        self.minimum = minimum
        self.maximum = maximum
        self.step = step
    }

    /// The scale of ratings, or nil where there are none.
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
    /// A number moved to the nearest one on the scale; steps do not matter.
    public func clamped(_ rating: Double) -> Double { min(Double(maximum), max(Double(minimum), rating)) }
}

extension RatingScale? {
    /// A number moved to the nearest one on the scale, or as it is where there is none.
    public func clamped(_ rating: Double) -> Double { self?.clamped(rating) ?? rating }
}
