public import Ratings

/// Damped running biases: the baseline of a stream, r̂ = μ + b_u + b_i, learned rating by rating.
///
/// μ is the mean of what has come, b_i = Σ (r − μ) / (n_i + d) over the item's ratings and b_u = Σ (r − μ − b_i) / (n_u + d)
/// over the user's, where each term keeps the μ and b_i of its time: a rating costs a few additions, and none is visited
/// again. Unknown users and items contribute nothing, and before the first rating μ is the middle of the scale.
///
/// On the scale 1…5 with d = 5, user 0 rates item 0 with 5 and item 1 with 3. The predictions are 3 and 5 (5 + 1/3,
/// clamped); after both, μ = 4, b_0 = 2/6, and the prediction of item 0 for another user is 4.333333.
///
/// - Complexity: O(1) time per rating, O(users + items) memory.
public struct RunningBiases: Sendable {
    /// d ≥ 0, added to the number of ratings of a user or item.
    public let damping: Double
    /// Predictions are clamped to it; nil if it is unknown.
    public var scale: RatingScale?
    private var sum = 0.0
    private var count = 0.0
    private var users: [Residuals] = []
    private var items: [Residuals] = []

    /// The residuals of one user or item.
    private struct Residuals {
        var sum = 0.0
        var count = 0.0
    }

    /// Creates biases without ratings.
    public init(scale: RatingScale?, damping: Double = 5) {
        precondition(damping >= 0, "negative damping")
        self.scale = scale
        self.damping = damping
    }

    /// μ: the mean of the ratings so far, or the middle of the scale.
    public var mean: Double {
        count > 0 ? sum / count : scale.map { (Double($0.minimum) + Double($0.maximum)) / 2 } ?? 0
    }

    /// b_i, 0 for an item without ratings.
    public func bias(ofItem item: Int) -> Double { bias(items, item) }

    /// The prediction of a rating, clamped to the scale.
    public func prediction(user: Int, item: Int) -> Double {
        scale.clamped(mean + bias(items, item) + bias(users, user))
    }

    /// Learns a rating of a pair that had none.
    public mutating func learn(_ rating: Float, user: Int, item: Int) {
        let residual = Double(rating) - mean
        let itemBias = bias(items, item)
        Self.add(residual, to: &items, item)
        Self.add(residual - itemBias, to: &users, user)
        sum += Double(rating)
        count += 1
    }

    /// Learns that a pair's rating changed, by `difference`; the residuals keep the μ and b_i of their time.
    public mutating func revise(by difference: Float, user: Int, item: Int) {
        guard user < users.count, item < items.count else { return }
        sum += Double(difference)
        items[item].sum += Double(difference)
        users[user].sum += Double(difference)
    }

    private func bias(_ side: [Residuals], _ index: Int) -> Double {
        guard index < side.count, side[index].count > 0 else { return 0 }
        return side[index].sum / (side[index].count + damping)
    }

    private static func add(_ residual: Double, to side: inout [Residuals], _ index: Int) {
        while side.count <= index { side.append(Residuals()) }
        side[index].sum += residual
        side[index].count += 1
    }
}
