import Factorization
import Inputs
import Ratings

/// Implicit ALS: rounds of two half-steps.
func implicitBenchmarks() {
    let iterations = 3
    for rank in [32, 64] {
        measure(
            "implicit-100k-rank-\(rank)-iterations-\(iterations)", runs: 3,
            counts: ["ratings", "mean score of a rated item × 10⁶"], rate: "ratings/s",
            of: { try ratingMatrix("100k") },
            { ratings in
                var configuration = ImplicitConfiguration()
                configuration.rank = rank
                configuration.iterations = iterations
                configuration.threads = 2
                return try ImplicitALS(configuration).fit(ratings)
            },
            check: { ratings, model in
                var (rated, all) = (0.0, 0.0)
                for user in 0..<ratings.users.count {
                    let scores = model.scores(user: user)
                    all += scores.reduce(0) { $0 + Double($1) }
                    rated += ratings.ratings(ofUser: user).reduce(0) { $0 + Double(scores[Int($1.0)]) }
                }
                rated /= Double(ratings.count)
                all /= Double(ratings.users.count * ratings.items.count)
                try require(rated > 3 * all && rated < 1, "mean scores \(rated) of rated items, \(all) of all")
                return Outcome([ratings.count, Int(1e6 * rated)], work: Double(iterations * ratings.count))
            })
    }
}
