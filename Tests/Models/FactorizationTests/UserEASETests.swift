import Factorization
import Foundation
import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct UserEASETests {
    private func configuration(_ change: (inout UserEASEConfiguration) -> Void) -> UserEASEConfiguration {
        var configuration = UserEASEConfiguration()
        change(&configuration)
        return configuration
    }

    /// Each of the two users counts ½ for the other.
    @Test func `inverse and scores of two users match the worked example`() throws {
        let ratings = RatingMatrix(rows: [[(0, 5)], [(0, 5)]], itemCount: 1)
        let model = try UserEASE.fit(
            ratings,
            configuration {
                $0.regularization = 1
                $0.popularityExponent = 0
                $0.feedback = Feedback()
            })
        for (found, expected) in zip(model.inverse.storage, [2, -1, -1, 2] as [Float]) {
            #expect(abs(3 * found - expected) < 1e-5)
        }
        #expect(abs(model.scores(user: 0)[0] - 0.5) < 1e-6)
    }

    /// Regressing each user's row on the rows of the others gives the same weights; here by gradient descent.
    @Test func `scores equal a ridge regression on the other users`() throws {
        let ratings = RatingMatrix.random(users: 12, items: 30, density: 0.5, step: 0.5, seed: 4)
        let chosen = configuration { $0.regularization = 20 }
        let model = try UserEASE.fit(ratings, chosen)
        let scale = try #require(RatingScale(of: ratings))
        var x = [[Double]](repeating: Array(repeating: 0, count: 30), count: 12)
        for user in 0..<12 {
            for (item, rating) in ratings.ratings(ofUser: user) {
                x[user][Int(item)] = Double(chosen.feedback.strength(rating, on: scale))
            }
        }
        let weights = (0..<30).map { item in
            pow((x.reduce(0) { $0 + $1[item] * $1[item] } + 5) / 30, -chosen.popularityExponent)
        }
        for user in [0, 1, 7] {
            let others = (0..<12).filter { $0 != user }
            var b = [Double](repeating: 0, count: 12)
            for _ in 0..<5_000 {
                let errors = (0..<30).map { item in x[user][item] - others.reduce(0) { $0 + b[$1] * x[$1][item] } }
                for other in others {
                    let slope = (0..<30).reduce(0) { $0 + weights[$1] * x[other][$1] * errors[$1] } - 20 * b[other]
                    b[other] += slope / 500
                }
            }
            for (item, score) in model.scores(user: user).enumerated() {
                #expect(abs(Double(score) - others.reduce(0) { $0 + b[$1] * x[$1][item] }) < 1e-3)
            }
        }
    }

    /// P·X·W·x for a guest; without ratings, the like counts.
    @Test func `guests are regressed on all users`() throws {
        let ratings = RatingMatrix.random(users: 20, items: 15, density: 0.5, seed: 3)
        let model = try UserEASE.fit(ratings, configuration { $0.regularization = 5 })
        // The guest's twin gets most of the weight, so scores of rated items come close to their strengths.
        let own = ratings.userRatings(1)
        let scores = model.scores(foldingIn: own)
        #expect(scores.count == 15 && scores.allSatisfy(\.isFinite))
        let residual = zip(own.items, own.values).reduce(0) { $0 + abs(scores[Int($1.0)] - $1.1 / 4) }
        #expect(residual / Float(max(1, own.count)) < 0.5)
        #expect(model.scores(foldingIn: UserRatings([])) == model.scores(user: nil))
        #expect(model.scores(user: 3) == model.scores(user: nil), "user 3 has no ratings")
    }

    @Test func `memory limit and options are checked before the fit`() throws {
        #expect(UserEASE.memoryEstimate(users: 943) == 3_556_996)
        let ratings = RatingMatrix.random(users: 20, items: 15, density: 0.5, seed: 3)
        #expect(throws: FactorizationError.tooLarge(bytes: 1_600, limit: 1_000)) {
            try UserEASE.fit(ratings, configuration { $0.memoryLimit = 1_000 })
        }
        #expect(throws: FactorizationError.self) { try UserEASE.fit(ratings, configuration { $0.regularization = 0 }) }
        #expect(throws: FactorizationError.self) {
            try UserEASE.fit(ratings, configuration { $0.popularityExponent = -1 })
        }
        #expect(throws: FactorizationError.noLikes(threshold: 7, highest: 5)) {
            try UserEASE.fit(ratings, configuration { $0.feedback.threshold = 7 })
        }
    }
}
