import Factorization
import Inputs
import Ratings

/// Bayesian factorization: sweeps of the sampler.
func bayesianBenchmarks() {
    let sweeps = 6
    measure(
        "bayesian-100k-rank-32-sweeps-\(sweeps)", runs: 3, counts: ["ratings", "RMSE × 10⁶"], rate: "ratings/s",
        of: { try ratingMatrix("100k") },
        { ratings in
            var configuration = BayesianConfiguration()
            configuration.rank = 32
            configuration.burnIn = 4
            configuration.samples = sweeps - 4
            configuration.threads = 2
            return try BayesianFactorization(configuration).fit(ratings)
        },
        check: { ratings, model in
            var squares = 0.0
            for user in 0..<ratings.users.count {
                for (item, value) in ratings.ratings(ofUser: user) {
                    let error = Double(value) - model.prediction(user: user, item: Int(item))
                    squares += error * error
                }
            }
            let error = (squares / Double(ratings.count)).squareRoot()
            try require(error < 0.9, "RMSE \(error) on the training ratings")
            return Outcome([ratings.count, Int(1e6 * error)], work: Double(sweeps * ratings.count))
        })
}
