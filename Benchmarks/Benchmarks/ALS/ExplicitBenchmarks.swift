import Factorization
import Inputs
import Ratings

/// Explicit ALS: rounds of two half-steps.
func explicitBenchmarks() {
    let iterations = 3
    for rank in [32, 64] {
        measure(
            "explicit-100k-rank-\(rank)-iterations-\(iterations)", runs: 3, counts: ["ratings", "RMSE × 10⁶"],
            rate: "ratings/s",
            of: { try ratingMatrix("100k") },
            { ratings in
                var configuration = ALSConfiguration()
                configuration.rank = rank
                configuration.iterations = iterations
                configuration.restarts = 1
                configuration.threads = 2
                return try AlternatingLeastSquares(configuration).fit(ratings)
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
                try require(error < 0.8, "RMSE \(error) on the training ratings")
                return Outcome([ratings.count, Int(1e6 * error)], work: Double(iterations * ratings.count))
            })
    }
}
