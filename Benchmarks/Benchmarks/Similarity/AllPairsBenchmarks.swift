import Inputs
import LinearAlgebra
import Neighbors
import Ratings

/// The exact 50 nearest of every user by cosine.
func allPairsBenchmarks() {
    for (shape, threads) in [("100k", 1), ("100k", 2), ("1m", 2)] {
        measure(
            "all-pairs-\(shape)-threads-\(threads)", runs: 3, counts: ["users", "neighbors"], rate: "Kpairs/s",
            of: { try ratingMatrix(shape) },
            { ratings in
                var configuration = SimilarityConfiguration()
                configuration.neighbors = 50
                return try AllPairs(configuration, threads: threads).neighbors(in: ratings)
            },
            check: { ratings, table in
                for user in [0, ratings.users.count / 2, ratings.users.count - 1] {
                    try requireNearest(table.neighbors(of: user), of: user, in: ratings)
                }
                let users = ratings.users.count
                return Outcome([users, table.neighbors.count], work: 1e-3 * Double(users * (users - 1) / 2))
            })
    }
}

/// Holds a user's neighbors against the cosines with all users, straight from the definition.
private func requireNearest(_ neighbors: [Neighbor], of user: Int, in ratings: RatingMatrix) throws {
    let matrix = ratings.byUser
    var own = [Double](repeating: 0, count: matrix.columns)
    for (item, value) in ratings.ratings(ofUser: user) { own[Int(item)] = Double(value) }
    func norm(_ user: Int) -> Double {
        matrix.values[matrix.entries(ofRow: user)].reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    let cosines = (0..<matrix.rows).map { other in
        ratings.ratings(ofUser: other).reduce(0) { $0 + own[Int($1.0)] * Double($1.1) } / (norm(user) * norm(other))
    }
    let best = cosines.indices.filter { $0 != user && cosines[$0] > 0 }.map { cosines[$0] }.sorted(by: >)
    try require(neighbors.count == min(50, best.count), "user \(user) has \(neighbors.count) neighbors")
    for (neighbor, cosine) in zip(neighbors, best) {
        try require(abs(Double(neighbor.similarity) - cosine) < 1e-5, "\(neighbor) of user \(user), not \(cosine)")
        try require(abs(cosines[Int(neighbor.user)] - cosine) < 1e-5, "\(neighbor) of user \(user)")
    }
}
