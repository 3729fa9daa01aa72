import LinearAlgebra
public import Ratings

/// Factors and biases of users and items: what a factorization has learned.
public struct FactorModel: RatingPredictor, ItemRecommender {
    /// μ, the mean of all ratings.
    public let mean: Float
    public let users: Factors
    public let items: Factors
    /// Predictions do not leave it.
    public let scale: RatingScale?

    /// r̂_ui = μ + b_u + b_i + p_u·q_i, held inside the rating scale. What is unseen contributes nothing, so an unseen user
    /// is answered by the item's bias, an unseen item by the user's, and both by the mean.
    public func prediction(user: Int?, item: Int?) -> Double {
        let raw: Double =
            switch (user, item) {
            case (let user?, let item?): score(mean, users, user, items, item)
            case (let user?, nil): Double(mean) + Double(users.biases[user])
            case (nil, let item?): Double(mean) + Double(items.biases[item])
            case (nil, nil): Double(mean)
            }
        guard let scale else { return raw }
        return min(Double(scale.maximum), max(Double(scale.minimum), raw))
    }
}

extension FactorModel {
    /// b_i + p_u·q_i for every item, which orders as the predictions do; b_i for a user unseen in training.
    public func scores(user: Int?) -> [Float] {
        guard let user else { return items.biases }
        return (0..<items.rows).map { item in
            Float(score(mean, users, user, items, item) - Double(mean) - Double(users.biases[user]))
        }
    }
}

/// μ + b_u + b_i + p_u·q_i, summed in `Double`.
func score(_ mean: Float, _ users: Factors, _ user: Int, _ items: Factors, _ item: Int) -> Double {
    let own = user * users.rank
    let other = item * items.rank
    var sum = Double(mean) + Double(users.biases[user]) + Double(items.biases[item])
    for factor in 0..<users.rank {
        sum += Double(users.vectors.storage[own + factor]) * Double(items.vectors.storage[other + factor])
    }
    return sum
}
