import Ratings

/// What a rating says of a pair: the target t of its product and the weight c beside α₀, that of every pair.
///
/// By `Feedback`, t and c rise with the rating. With α, the objective is that of Hu, Koren & Volinsky 2008,
/// doi:10.1109/ICDM.2008.22: α·r·(1 − p·q)² + … = (α·r − α₀)·(t − p·q)² + α₀·(p·q)² + a constant, with t = α·r / (α·r − α₀).
/// α = 2, α₀ = 1, r = 3: c = 5, t = 1.2.
struct FeedbackObservation: Sendable {
    private let strength: FeedbackStrength
    private let confidence: FeedbackStrength
    private let scale: RatingScale
    private let alpha: Double?
    private let unobservedWeight: Double

    init(_ configuration: ImplicitConfiguration, _ scale: RatingScale) {
        var confidence = Feedback()
        confidence.threshold = configuration.feedback.threshold
        confidence.least = 1
        confidence.most = configuration.highestWeight
        strength = FeedbackStrength(configuration.feedback, scale)
        self.confidence = FeedbackStrength(confidence, scale)
        self.scale = scale
        alpha = configuration.alpha
        unobservedWeight = configuration.unobservedWeight
    }

    func callAsFunction(_ rating: Float) -> (target: Float, weight: Float) {
        guard let alpha else { return (strength(rating), confidence(rating)) }
        let whole = alpha * scale.clamped(Double(rating))
        return (Float(whole / (whole - unobservedWeight)), Float(whole - unobservedWeight))
    }
}

extension ImplicitConfiguration {
    /// Throws unless α·r is above α₀ for all ratings of a scale.
    func requireWeights(on scale: RatingScale) throws(FactorizationError) {
        guard let alpha, alpha * Double(scale.minimum) <= unobservedWeight else { return }
        throw .lowAlpha(alpha, rating: scale.minimum, unobservedWeight: unobservedWeight)
    }
}
