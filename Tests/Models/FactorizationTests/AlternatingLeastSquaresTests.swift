import Factorization
import Foundation
import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct AlternatingLeastSquaresTests {
    /// One start, with enough iterations.
    private func configuration(_ change: (inout ALSConfiguration) -> Void) -> ALSConfiguration {
        var configuration = ALSConfiguration()
        (configuration.restarts, configuration.iterations) = (1, 12)
        change(&configuration)
        return configuration
    }

    @Test(arguments: [0, 0.4, 1])
    func `loss never rises`(_ exponent: Double) throws {
        for seed in 1...5 {
            let ratings = RatingMatrix.random(users: 40, items: 30, density: 0.3, seed: UInt64(seed))
            var losses: [Double] = []
            let als = try AlternatingLeastSquares(
                configuration {
                    $0.rank = 4
                    $0.regularizationExponent = exponent
                    $0.seed = UInt64(seed)
                })
            _ = try als.fit(ratings) { losses.append($1) }
            #expect(losses.count == 24)
            for (before, after) in zip(losses, losses.dropFirst()) { #expect(after <= before * (1 + 1e-6)) }
        }
    }

    /// The last half-step solves the users; the reference is Gaussian elimination in `Double`.
    @Test func `user factors solve their normal equations`() throws {
        let ratings = RatingMatrix.random(users: 30, items: 200, density: 0.6, seed: 7)
        let chosen = configuration {
            $0.rank = 6
            $0.iterations = 2
        }
        let model = try AlternatingLeastSquares(chosen).fit(ratings)
        let (users, items) = (model.parts[0].users, model.parts[0].items)
        for user in 0..<30 where !ratings.byUser.entries(ofRow: user).isEmpty {
            var a = [[Double]](repeating: Array(repeating: 0, count: 8), count: 7)
            for (item, rating) in ratings.ratings(ofUser: user) {
                let x = items.vectors.row(Int(item)).map(Double.init) + [1]
                let target = Double(rating - model.mean - items.biases[Int(item)])
                for i in 0..<7 {
                    for j in 0..<7 { a[i][j] += x[i] * x[j] }
                    a[i][7] += x[i] * target
                }
            }
            let growth = pow(Double(ratings.byUser.entries(ofRow: user).count), chosen.regularizationExponent)
            for i in 0..<7 { a[i][i] += growth * (i < 6 ? chosen.regularization : chosen.biasRegularization) }
            let found = users.vectors.row(user).map(Double.init) + [Double(users.biases[user])]
            for (one, other) in zip(found, eliminated(a)) { #expect(abs(one - other) < 1e-4 * max(1, abs(other))) }
        }
    }

    @Test func `factors are identical at any thread count`() throws {
        let ratings = RatingMatrix.random(users: 200, items: 90, density: 0.2, seed: 2)
        let models = try [1, 3].map { threads in
            try AlternatingLeastSquares(configuration { $0.threads = threads }).fit(ratings)
        }
        #expect(
            models[0].parts[0].users.vectors.storage.map(\.bitPattern)
                == models[1].parts[0].users.vectors.storage.map(\.bitPattern))
        #expect(models[0].parts[0].items.biases.map(\.bitPattern) == models[1].parts[0].items.biases.map(\.bitPattern))
    }

    @Test func `predictions stay on the scale, for unseen users and items too`() throws {
        let ratings = RatingMatrix.random(users: 50, items: 40, density: 0.3, seed: 4)
        let model = try AlternatingLeastSquares(configuration { $0.regularization = 0.01 }).fit(ratings)
        for user in [nil, 0, 3, 49] {
            for item in [nil, 0, 39] { #expect((0.5...5).contains(model.prediction(user: user, item: item))) }
        }
    }

    /// The order holds before predictions are clamped to the scale.
    @Test func `scores order items as predictions do`() throws {
        let ratings = RatingMatrix.random(users: 50, items: 40, density: 0.3, seed: 6)
        let model = try AlternatingLeastSquares(configuration { _ in }).fit(ratings)
        for user in 0..<50 {
            let scores = model.scores(user: user)
            for (one, other) in zip(0..<39, 1..<40) where scores[one] > scores[other] {
                #expect(model.prediction(user: user, item: one) >= model.prediction(user: user, item: other) - 1e-5)
            }
        }
        #expect(model.scores(user: nil) == model.parts[0].items.biases)
    }

    /// Users are solved last, so their training ratings reproduce their factors.
    @Test(arguments: [false, true])
    func `folding in a training user reproduces their predictions`(_ isNonnegative: Bool) throws {
        let ratings = RatingMatrix.random(users: 50, items: 40, density: 0.3, seed: 6)
        let model = try AlternatingLeastSquares(
            configuration {
                $0.rank = 5
                $0.regularization = 0.5
                $0.restarts = 2
                $0.isNonnegative = isNonnegative
            }
        ).fit(ratings)
        for user in 0..<50 {
            let own = ratings.userRatings(user)
            let folded = try model.predictions(foldingIn: own, items: Array(0..<40))
            let scores = try model.scores(foldingIn: own)
            let contributions = try model.contributions(to: 11, of: own)
            #expect(contributions.count == own.count)
            for item in 0..<40 {
                #expect(abs(folded[item] - model.prediction(user: user, item: item)) < 1e-3)
                #expect(
                    abs(scores[item] - scores[11] - model.scores(user: user)[item] + model.scores(user: user)[11])
                        < 1e-3)
            }
            let product = model.parts.reduce(0) { $0 + $1.product(user, 11) - Double($1.items.biases[11]) } / 2
            #expect(abs(Double(contributions.reduce(0, +)) - product) < 1e-3)
        }
    }

    @Test func `non-negative factors satisfy the optimality conditions`() throws {
        let ratings = RatingMatrix.random(users: 40, items: 30, density: 0.5, seed: 3)
        var losses: [Double] = []
        let model = try AlternatingLeastSquares(
            configuration {
                $0.rank = 4
                $0.isNonnegative = true
                $0.regularization = 0.1
            }
        ).fit(ratings) { losses.append($1) }
        for (before, after) in zip(losses, losses.dropFirst()) { #expect(after <= before * (1 + 1e-6)) }
        let part = model.parts[0]
        #expect(part.users.vectors.storage.allSatisfy { $0 >= 0 } && part.items.vectors.storage.allSatisfy { $0 >= 0 })
        // Karush–Kuhn–Tucker: the gradient of each user's loss is 0 where a factor is positive, and at least 0 where it
        // is 0.
        for user in 0..<40 where !ratings.byUser.entries(ofRow: user).isEmpty {
            let own = ratings.ratings(ofUser: user)
            let growth = pow(
                Double(ratings.byUser.entries(ofRow: user).count), model.configuration.regularizationExponent)
            for factor in 0..<4 {
                let value = Double(part.users.vectors[user, factor])
                let slope = own.reduce(0.1 * growth * value) { sum, rating in
                    let error = Double(rating.1) - Double(model.mean) - part.product(user, Int(rating.0))
                    return sum - error * Double(part.items.vectors[Int(rating.0), factor])
                }
                #expect(value > 0 ? abs(slope) < 1e-3 : slope > -1e-3, "\(value) \(slope)")
            }
        }
    }

    @Test func `predictions average over restarts`() throws {
        let ratings = RatingMatrix.random(users: 50, items: 40, density: 0.3, seed: 6)
        let both = try AlternatingLeastSquares(configuration { $0.restarts = 2 }).fit(ratings)
        let parts = both.parts.map {
            FactorModel(mean: both.mean, parts: [$0], configuration: both.configuration, scale: nil)
        }
        #expect(both.parts.count == 2)
        for user in 0..<50 {
            let mean = parts.reduce(0) { $0 + $1.prediction(user: user, item: 3) } / 2
            #expect(abs(both.prediction(user: user, item: 3) - min(5, max(0.5, mean))) < 1e-9)
        }
    }

    @Test func `warm start continues from the loss of the earlier fit`() throws {
        let ratings = RatingMatrix.random(users: 50, items: 40, density: 0.3, seed: 6)
        let als = try AlternatingLeastSquares(configuration { $0.iterations = 3 })
        var cold: [Double] = []
        let model = try als.fit(ratings) { cold.append($1) }
        var warm: [Double] = []
        _ = try als.fit(ratings, from: model) { warm.append($1) }
        #expect(warm[0] <= cold[5] * (1 + 1e-6))
        let other = try AlternatingLeastSquares(configuration { $0.rank = 7 })
        #expect(throws: FactorizationError.otherShape(expected: "50 × 7 and 40 × 7", found: "50 × 12 and 40 × 12")) {
            try other.fit(ratings, from: model)
        }
    }

    @Test func `iteration count minimizes the error on the held-out share`() throws {
        let ratings = RatingMatrix.random(users: 60, items: 50, density: 0.3, seed: 6)
        var fixed = configuration {
            $0.rank = 10
            $0.regularization = 1
        }
        let split = ratings.validationSplit(0.2, seed: 1)
        let errors = try (1...8).map { iterations in
            fixed.iterations = iterations
            let model = try AlternatingLeastSquares(fixed).fit(split.train)
            return (0..<60).reduce(0.0) { sum, user in
                split.test.ratings(ofUser: user).reduce(sum) { sum, rating in
                    let product = model.parts[0].product(user, Int(rating.0))
                    let error = Double(rating.1) - Double(model.mean) - product
                    return sum + error * error
                }
            }
        }
        var chosen = fixed
        chosen.validationShare = 0.2
        let model = try AlternatingLeastSquares(chosen).fit(ratings)
        #expect(errors[model.configuration.iterations - 1] == errors.min())
        #expect(Set(errors).count == 8)
        fixed.iterations = model.configuration.iterations
        let same = try AlternatingLeastSquares(fixed).fit(ratings)
        #expect(same.prediction(user: 1, item: 1) == model.prediction(user: 1, item: 1))
    }

    @Test func `rank beyond users or items and equal ratings are rejected`() throws {
        let als = try AlternatingLeastSquares(configuration { $0.rank = 4 })
        let ratings = RatingMatrix.random(users: 30, items: 4, density: 0.8, seed: 1)
        #expect(throws: FactorizationError.rankTooLarge(4, users: 30, items: 4)) { try als.fit(ratings) }
        let equal = RatingMatrix(rows: Array(repeating: [(0, 3), (1, 3)], count: 9), itemCount: 8)
        #expect(throws: FactorizationError.allEqual(3)) { try als.fit(equal) }
    }

    /// The lowest index, whichever thread fails first.
    @Test(arguments: [1, 3]) func `error names the first row without a solution`(_ threads: Int) throws {
        // Two factors and a bias from two ratings, without regularization.
        let ratings = RatingMatrix(rows: [[(0, 4)], [(0, 3), (1, 5)], [(2, 1)]], itemCount: 3)
        let als = try AlternatingLeastSquares(
            configuration {
                $0.rank = 2
                $0.threads = threads
                $0.regularization = 0
                $0.biasRegularization = 0
            })
        let error = #expect(throws: FactorizationError.self) { try als.fit(ratings) }
        guard case .notPositiveDefinite("item", 0, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error.map { "\($0)" }?.contains("raise regularization above 0") == true)
    }

    @Test func `empty ratings are rejected`() throws {
        let als = try AlternatingLeastSquares()
        #expect(throws: FactorizationError.noRatings) { try als.fit(RatingMatrix(rows: [[]], itemCount: 2)) }
    }

    @Test func `options out of range are rejected`() {
        let wrong = [
            configuration { $0.rank = 0 }, configuration { $0.rank = 513 }, configuration { $0.regularization = -1 },
            configuration { $0.biasRegularization = .nan }, configuration { $0.regularizationExponent = 2 },
            configuration { $0.iterations = 0 }, configuration { $0.threads = 0 },
        ]
        for one in wrong { #expect(throws: FactorizationError.self) { try AlternatingLeastSquares(one) } }
    }
}
