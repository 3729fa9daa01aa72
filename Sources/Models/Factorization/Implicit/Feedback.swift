import LinearAlgebra
public import Ratings

/// The strength of a rating as a like: 1 at the threshold, less below, possibly more above.
///
/// The strength of a rating is linear from `least` at the lowest rating of the scale to 1 at the threshold, and from
/// there to `most` at the highest. Even a rating of 3 shows what a user watches, which is worth more than nothing.
/// Scale 1…5, threshold 4, least 0.25, most 1.5: ratings 1, 2, 3, 4, 5 have the strengths 0.25, 0.5, 0.75, 1, 1.5.
public struct Feedback: Sendable, Equatable, Codable {
    /// The minimum rating of a like; nil for `RatingScale.likeThreshold` of the training ratings. The default is nil.
    public var threshold: Float?
    /// The strength of the lowest rating, at most 1. The default is 0.
    public var least = 0.0
    /// The strength of the highest rating, at least 1. The default is 1.
    public var most = 1.0

    /// Creates a configuration with the defaults.
    public init() {}

    /// Throws unless every field is in range.
    public func validate() throws(FactorizationError) {
        let failure = FactorizationError.outOfRange
        if let threshold { try RatingScale.widest.check("relevant", threshold, failure) }
        try OptionRange.least.check("least", least, failure)
        try OptionRange.most.check("most", most, failure)
    }

    /// Sets the threshold to that of training ratings where there is none yet.
    ///
    /// - Returns: the threshold and the scale of the ratings.
    /// - Throws: `FactorizationError` unless at least one rating is a like.
    mutating func resolve(
        for ratings: RatingMatrix
    ) throws(FactorizationError) -> (threshold: Float, scale: RatingScale) {
        guard let scale = RatingScale(of: ratings) else { throw .noRatings }
        let resolved = threshold ?? scale.likeThreshold(of: [ratings])
        if scale.maximum < resolved { throw .noLikes(threshold: resolved, highest: scale.maximum) }
        threshold = resolved
        return (resolved, scale)
    }

    /// - Parameter rating: clamped to the scale. Without a threshold, likes begin at the scale's `likeBound`.
    public func strength(_ rating: Float, on scale: RatingScale) -> Float { FeedbackStrength(self, scale)(rating) }
}

/// The strength as two lines that meet at the threshold, precomputed for many ratings and branch-free, since ratings
/// are unordered.
struct FeedbackStrength: Sendable {
    private let scale: RatingScale
    private let threshold: Float
    private let least: Double
    private let slopeBelow: Double
    private let slopeAbove: Double

    init(_ feedback: Feedback, _ scale: RatingScale) {
        self.scale = scale
        threshold = feedback.threshold ?? scale.likeBound
        let (below, above) = (Double(threshold - scale.minimum), Double(scale.maximum - threshold))
        least = below > 0 ? feedback.least : 1
        slopeBelow = below > 0 ? (1 - feedback.least) / below : 0
        slopeAbove = above > 0 ? (feedback.most - 1) / above : 0
    }

    func callAsFunction(_ rating: Float) -> Float {
        let rating = min(scale.maximum, max(scale.minimum, rating))
        let below = Double(min(rating, threshold) - scale.minimum)
        let above = Double(max(rating, threshold) - threshold)
        return Float(least + slopeBelow * below + slopeAbove * above)
    }
}
