/// Sums over scored ratings. They can be added, by minute or by window, before a mean is taken.
public struct ErrorSums: Sendable, Equatable {
    /// The number of predicted ratings.
    public var count = 0
    /// Σ (r − r̂)², in squared units of the rating.
    public var squaredError = 0.0
    /// Σ |r − r̂|, in units of the rating.
    public var absoluteError = 0.0
    /// The number of likes that a list could have held.
    public var likes = 0
    /// The number of these that the list held.
    public var hits = 0

    /// Sums over nothing.
    public init() {}

    /// √(Σ (r − r̂)² / n), in units of the rating, or nil without predictions. Errors of 1 and −2: √(5/2) ≈ 1.581139.
    public var rmse: Double? { count > 0 ? (squaredError / Double(count)).squareRoot() : nil }
    /// Σ |r − r̂| / n, in units of the rating, or nil without predictions. Errors of 1 and −2: 1.5.
    public var mae: Double? { count > 0 ? absoluteError / Double(count) : nil }
    /// The share of likes that the list held, or nil without likes. One hit among four likes: 0.25.
    public var hitRate: Double? { likes > 0 ? Double(hits) / Double(likes) : nil }

    /// Adds the sums over other ratings.
    public static func += (sums: inout ErrorSums, other: ErrorSums) { sums.add(other, times: 1) }

    /// Takes away the sums over ratings that were added.
    public static func -= (sums: inout ErrorSums, other: ErrorSums) { sums.add(other, times: -1) }

    private mutating func add(_ other: ErrorSums, times sign: Int) {
        count += sign * other.count
        squaredError += Double(sign) * other.squaredError
        absoluteError += Double(sign) * other.absoluteError
        likes += sign * other.likes
        hits += sign * other.hits
    }
}

/// How one model did on one rating.
public struct ScoredRating: Sendable, Equatable {
    /// r − r̂, or nil if the model does not predict ratings.
    public var error: Double?
    /// Whether the list held the item; nil if the rating is no like, the user's first one, or the model makes no lists.
    public var isHit: Bool?

    /// Creates a score.
    public init(error: Double?, isHit: Bool?) {
        self.error = error
        self.isHit = isHit
    }

    /// The sums over this rating alone.
    public var sums: ErrorSums {
        var sums = ErrorSums()
        if let error {
            sums.count = 1
            sums.squaredError = error * error
            sums.absoluteError = abs(error)
        }
        if let isHit {
            sums.likes = 1
            sums.hits = isHit ? 1 : 0
        }
        return sums
    }
}
