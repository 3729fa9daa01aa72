import LinearAlgebra
import Ratings
import TestSupport

/// Ratings drawn from the model that Bayesian factorization assumes: r = 3.5 + b_u + b_i + p_u·q_i + noise.
struct SyntheticFactors {
    static let noise = 0.5

    let train: RatingMatrix
    /// Held-out ratings, with their values before noise.
    let test: [(user: Int, item: Int, rating: Double, expectation: Double)]

    /// - Parameter share: probability that a pair is in training; half of it, that it is held out.
    init(users: Int, items: Int, rank: Int = 2, share: Double, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        func normals(_ count: Int, _ deviation: Double) -> [Double] {
            (0..<count).map { _ in deviation * generator.normal() }
        }
        let (ownBiases, otherBiases) = (normals(users, 0.4), normals(items, 0.4))
        let (own, other) = (normals(users * rank, 0.8), normals(items * rank, 0.8))
        var rows = [[(item: Int, rating: Float)]](repeating: [], count: users)
        var test: [(user: Int, item: Int, rating: Double, expectation: Double)] = []
        for user in 0..<users {
            for item in 0..<items {
                let draw = generator.uniform()
                guard draw < 1.5 * share else { continue }
                let product = (0..<rank).reduce(0) { $0 + own[user * rank + $1] * other[item * rank + $1] }
                let expectation = 3.5 + ownBiases[user] + otherBiases[item] + product
                let rating = expectation + Self.noise * generator.normal()
                if draw < share {
                    rows[user].append((item, Float(rating)))
                } else {
                    test.append((user, item, rating, expectation))
                }
            }
        }
        train = RatingMatrix(rows: rows, itemCount: items)
        self.test = test
    }

    /// The RMSE of predictions for the held-out ratings.
    func error(_ prediction: (_ user: Int, _ item: Int) -> Double) -> Double {
        let squares = test.reduce(0) { sum, one in
            let error = one.rating - prediction(one.user, one.item)
            return sum + error * error
        }
        return (squares / Double(test.count)).squareRoot()
    }

    /// The error of the true expectation: the noise alone.
    var leastError: Double {
        (test.reduce(0) { $0 + ($1.rating - $1.expectation) * ($1.rating - $1.expectation) } / Double(test.count))
            .squareRoot()
    }
}
