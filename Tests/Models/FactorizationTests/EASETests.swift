import Factorization
import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct EASETests {
    private func configuration(_ change: (inout EASEConfiguration) -> Void) -> EASEConfiguration {
        var configuration = EASEConfiguration()
        configuration.regularization = 5
        change(&configuration)
        return configuration
    }

    @Test func `weights of two items match the worked example`() throws {
        let ratings = RatingMatrix(rows: [[(0, 5), (1, 5)], [(0, 5), (1, 5)]], itemCount: 2)
        let model = try EASE.fit(
            ratings,
            configuration {
                $0.regularization = 1
                $0.feedback = Feedback()
            })
        #expect(abs(model.weights[0, 1] - 2 / 3) < 1e-6 && abs(model.weights[1, 0] - 2 / 3) < 1e-6)
        #expect(model.weights[0, 0] == 0 && model.weights[1, 1] == 0)
    }

    /// (XᵀX + λI)⁻¹ by Gauss–Jordan in `Double`; also with more users than one panel of the Gramian holds.
    @Test(arguments: [40, 600])
    func `weights and scores match their definition`(_ users: Int) throws {
        let ratings = RatingMatrix.random(users: users, items: 25, density: 0.3, seed: 3)
        let chosen = configuration {
            $0.feedback.least = 0.25
            $0.feedback.most = 1.5
        }
        let model = try EASE.fit(ratings, chosen)
        let x = (0..<users).map { user in
            (0..<25).map { item in
                ratings.rating(user: user, item: item).map { rating in
                    rating < 4 ? 0.25 + 0.75 * (Double(rating) - 0.5) / 3.5 : 1 + 0.5 * (Double(rating) - 4)
                } ?? 0
            }
        }
        let gramian = (0..<25).map { i in
            (0..<25).map { j in x.reduce(i == j ? 5 : 0) { $0 + $1[i] * $1[j] } }
        }
        let inverse = inverted(gramian)
        for i in 0..<25 {
            #expect(model.weights[i, i] == 0)
            for j in 0..<25 where j != i {
                #expect(abs(Double(model.weights[i, j]) + inverse[i][j] / inverse[j][j]) < 1e-4)
            }
        }
        for user in 0..<10 where !ratings.byUser.entries(ofRow: user).isEmpty {
            for (item, score) in model.scores(user: user).enumerated() {
                let expected = (0..<25).reduce(0) { $0 + x[user][$1] * Double(model.weights[$1, item]) }
                #expect(abs(Double(score) - expected) < 1e-5)
            }
        }
    }

    private func inverted(_ matrix: [[Double]]) -> [[Double]] {
        let n = matrix.count
        var a = matrix.enumerated().map { row, values in values + (0..<n).map { $0 == row ? 1 : 0 } }
        for pivot in 0..<n {
            let head = a[pivot][pivot]
            for column in a[pivot].indices { a[pivot][column] /= head }
            for row in 0..<n where row != pivot {
                let factor = a[row][pivot]
                for column in a[row].indices { a[row][column] -= factor * a[pivot][column] }
            }
        }
        return a.map { Array($0[n...]) }
    }

    @Test func `contributions add up to the score`() throws {
        let ratings = RatingMatrix.random(users: 50, items: 30, density: 0.3, seed: 8)
        let model = try EASE.fit(ratings, configuration { $0.feedback.least = 0.25 })
        for user in 0..<50 where !ratings.byUser.entries(ofRow: user).isEmpty {
            let own = ratings.userRatings(user)
            let scores = model.scores(foldingIn: own)
            #expect(scores == model.scores(user: user))
            for item in 0..<30 {
                let contributions = model.contributions(to: item, of: own)
                #expect(contributions.count == own.count)
                #expect(abs(contributions.reduce(0, +) - scores[item]) < 1e-5)
                // A user's own rating of an item does not contribute to its score.
                if let place = own.items.firstIndex(of: Int32(item)) { #expect(contributions[place] == 0) }
            }
        }
    }

    /// Users without ratings, or with only ratings of strength 0, or guests with only unrated items.
    @Test func `users without likes get items by like count`() throws {
        let ratings = RatingMatrix(
            rows: [[(0, 5), (2, 4)], [(2, 4), (1, 3)], [(2, 1), (0, 1)], []], itemCount: 4)
        let model = try EASE.fit(ratings, configuration { $0.feedback = Feedback() })
        for user in [nil, 2, 3] { #expect(model.scores(user: user) == [1, 0, 2, 0]) }
        #expect(model.scores(foldingIn: UserRatings([(3, 1)])) == [1, 0, 2, 0])
        #expect(model.scores(foldingIn: UserRatings([(3, 2)])) == [1, 0, 2, 0])
        #expect(model.scores(foldingIn: UserRatings([(2, 2)])) != [1, 0, 2, 0])
    }

    @Test func `fit beyond the memory limit is rejected`() throws {
        let ratings = RatingMatrix.random(users: 30, items: 50, density: 0.3, seed: 1)
        #expect(EASE.memoryEstimate(items: 50) == 10_000)
        #expect(throws: FactorizationError.tooLarge(bytes: 10_000, limit: 9_999)) {
            try EASE.fit(ratings, configuration { $0.memoryLimit = 9_999 })
        }
        #expect(try EASE.fit(ratings, configuration { $0.memoryLimit = 10_000 }).weights.rows == 50)
        // The estimate is the size of the weight matrix.
        #expect(try EASE.fit(ratings).weights.storage.count * 4 == EASE.memoryEstimate(items: 50))
    }

    @Test func `ratings without likes are rejected`() {
        let ratings = RatingMatrix.random(users: 30, items: 20, density: 0.3, seed: 1)
        #expect(throws: FactorizationError.noLikes(threshold: 6, highest: 5)) {
            try EASE.fit(ratings, configuration { $0.feedback.threshold = 6 })
        }
        #expect(throws: FactorizationError.noRatings) { try EASE.fit(RatingMatrix(rows: [[]], itemCount: 2)) }
    }

    @Test func `options out of range are rejected`() {
        let ratings = RatingMatrix(rows: [[(0, 5)]], itemCount: 1)
        for wrong in [
            configuration { $0.regularization = 0 }, configuration { $0.regularization = .infinity },
            configuration { $0.memoryLimit = 0 }, configuration { $0.feedback.most = 0.5 },
        ] {
            #expect(throws: FactorizationError.self) { try EASE.fit(ratings, wrong) }
        }
    }
}
