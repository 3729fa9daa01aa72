import Factorization
import Foundation
import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct ImplicitALSTests {
    private func configuration(_ change: (inout ImplicitConfiguration) -> Void = { _ in }) -> ImplicitConfiguration {
        var configuration = ImplicitConfiguration()
        configuration.rank = 5
        configuration.iterations = 4
        change(&configuration)
        return configuration
    }

    /// No weight or exponent at a value that would hide its effect.
    private var uneven: ImplicitConfiguration {
        configuration {
            $0.regularization = 0.3
            $0.unobservedWeight = 0.1
            $0.regularizationExponent = 0.6
            $0.feedback.least = 0.25
            $0.highestWeight = 2.5
        }
    }

    /// Target and weight of a rating between 0.5 and 5, with the threshold 4 and `uneven`.
    private func observation(_ rating: Float) -> (target: Double, weight: Double) {
        let share = (Double(rating) - 0.5) / 3.5
        return rating < 4 ? (0.25 + 0.75 * share, 1) : (1, 1 + 1.5 * (Double(rating) - 4))
    }

    @Test(arguments: [0, 0.6, 1])
    func `loss never rises`(_ exponent: Double) throws {
        for seed in 1...4 as ClosedRange<UInt64> {
            let ratings = RatingMatrix.random(users: 40, items: 30, density: 0.3, seed: seed)
            var chosen = uneven
            chosen.regularizationExponent = exponent
            chosen.seed = seed
            var losses: [Double] = []
            _ = try ImplicitALS(chosen).fit(ratings) { losses.append($1) }
            #expect(losses.count == 8)
            for (before, after) in zip(losses, losses.dropFirst()) { #expect(after <= before * (1 + 1e-6)) }
        }
    }

    /// Every pair, rated or not.
    @Test func `loss equals its definition`() throws {
        let ratings = RatingMatrix.random(users: 40, items: 30, density: 0.3, seed: 4)
        var last = 0.0
        let model = try ImplicitALS(uneven).fit(ratings) { last = $1 }
        let itemCounts = ratings.itemCounts
        func square(_ row: ArraySlice<Float>) -> Double { row.reduce(0) { $0 + Double($1) * Double($1) } }
        func penalty(_ count: Int, _ partners: Int) -> Double { 0.3 * pow(Double(count) + 0.1 * Double(partners), 0.6) }
        var loss = 0.0
        for user in 0..<40 {
            loss += penalty(ratings.userRatings(user).count, 30) * square(model.users.row(user))
            for item in 0..<30 {
                let product = zip(model.users.row(user), model.items.row(item))
                    .reduce(0) { $0 + Double($1.0) * Double($1.1) }
                loss += 0.1 * product * product
                guard let (target, weight) = ratings.rating(user: user, item: item).map(observation) else { continue }
                loss += weight * (target - product) * (target - product)
            }
        }
        for item in 0..<30 { loss += penalty(itemCounts[item], 40) * square(model.items.row(item)) }
        #expect(abs(last - loss) < 1e-4 * loss)
    }

    /// Expects (α₀·Σ x·xᵀ over all items + Σ c·x·xᵀ over the rated ones + ridge·I)·w = Σ right·x of a user's factors w.
    ///
    /// The last half-step solves the users; the reference sums over all items in `Double` and eliminates.
    private func expectSolved(
        _ model: ImplicitModel, _ ratings: RatingMatrix, user: Int, unobserved: Double, ridge: Double,
        _ terms: (Float) -> (weight: Double, right: Double)
    ) {
        var a = [[Double]](repeating: Array(repeating: 0, count: 6), count: 5)
        for item in 0..<ratings.items.count {
            let x = model.items.row(item).map(Double.init)
            let (weight, right) = ratings.rating(user: user, item: item).map(terms) ?? (0, 0)
            for i in 0..<5 {
                for j in 0..<5 { a[i][j] += (unobserved + weight) * x[i] * x[j] }
                a[i][5] += right * x[i]
            }
        }
        for i in 0..<5 { a[i][i] += ridge }
        for (found, expected) in zip(model.users.row(user), eliminated(a)) {
            #expect(abs(Double(found) - expected) < 1e-4 * max(1, abs(expected)))
        }
    }

    @Test func `user factors solve their normal equations`() throws {
        let ratings = RatingMatrix.random(users: 30, items: 180, density: 0.8, seed: 7)
        let model = try ImplicitALS(uneven).fit(ratings)
        for user in 0..<30 {
            let ridge = 0.3 * pow(Double(ratings.userRatings(user).count) + 0.1 * 180, 0.6)
            expectSolved(model, ratings, user: user, unobserved: 0.1, ridge: ridge) {
                let (target, weight) = observation($0)
                return (weight, weight * target)
            }
        }
    }

    /// (YᵀY + Σ (α·r − 1)·y·yᵀ + λ·I)·x = Σ α·r·y: the equations of Hu, Koren & Volinsky.
    @Test func `with alpha, users solve the equations of its authors`() throws {
        let ratings = RatingMatrix.random(users: 30, items: 60, density: 0.3, seed: 5)
        let chosen = configuration {
            $0.alpha = 2.5
            $0.unobservedWeight = 1
            $0.regularization = 0.7
            $0.regularizationExponent = 0
            $0.highestWeight = 9
        }
        let model = try ImplicitALS(chosen).fit(ratings)
        for user in 0..<30 {
            expectSolved(model, ratings, user: user, unobserved: 1, ridge: 0.7) {
                (2.5 * Double($0) - 1, 2.5 * Double($0))
            }
        }
    }

    /// It is higher by Σ α·r·α₀ / (α·r − α₀).
    @Test func `with alpha, the loss is that of its authors and a constant`() throws {
        let ratings = RatingMatrix.random(users: 30, items: 20, density: 0.3, seed: 7)
        let chosen = configuration {
            $0.alpha = 4
            $0.unobservedWeight = 0.5
            $0.regularization = 0.7
            $0.regularizationExponent = 0
        }
        var losses: [Double] = []
        let model = try ImplicitALS(chosen).fit(ratings) { losses.append($1) }
        for (before, after) in zip(losses, losses.dropFirst()) { #expect(after <= before * (1 + 1e-6)) }
        func square(_ row: ArraySlice<Float>) -> Double { row.reduce(0) { $0 + Double($1) * Double($1) } }
        var loss = 0.0
        for user in 0..<30 {
            loss += 0.7 * square(model.users.row(user))
            for item in 0..<20 {
                let product = zip(model.users.row(user), model.items.row(item))
                    .reduce(0) { $0 + Double($1.0) * Double($1.1) }
                if let rating = ratings.rating(user: user, item: item) {
                    let weight = 4 * Double(rating)
                    loss += weight * (1 - product) * (1 - product) + weight * 0.5 / (weight - 0.5)
                } else {
                    loss += 0.5 * product * product
                }
            }
        }
        for item in 0..<20 { loss += 0.7 * square(model.items.row(item)) }
        #expect(abs(try #require(losses.last) - loss) < 1e-4 * loss)
    }

    @Test func `an alpha that leaves a rating no weight is rejected`() throws {
        let ratings = RatingMatrix(rows: [[(0, 0.5), (1, 4)], [(1, 1), (2, 3)], [(0, 2), (2, 5)]], itemCount: 3)
        func fit(_ alpha: Double, _ unobserved: Double) throws {
            _ = try ImplicitALS(
                configuration {
                    $0.rank = 1
                    $0.alpha = alpha
                    $0.unobservedWeight = unobserved
                }
            ).fit(ratings)
        }
        #expect(throws: FactorizationError.lowAlpha(2, rating: 0.5, unobservedWeight: 1)) { try fit(2, 1) }
        try fit(2, 0.9)
        try fit(2.1, 1)
    }

    @Test func `factors depend on the seed and not on the thread count`() throws {
        let ratings = RatingMatrix.random(users: 200, items: 90, density: 0.2, seed: 2)
        let models = try [1, 3].map { threads in
            try ImplicitALS(configuration { $0.threads = threads }).fit(ratings)
        }
        #expect(models[0].users.storage.map(\.bitPattern) == models[1].users.storage.map(\.bitPattern))
        #expect(models[0].items.storage.map(\.bitPattern) == models[1].items.storage.map(\.bitPattern))
        let other = try ImplicitALS(configuration { $0.seed = 2 }).fit(ratings)
        #expect(other.users.storage != models[0].users.storage)
    }

    /// Users are solved last, so their ratings reproduce their factors.
    @Test func `fold-in and contributions reproduce the scores of a training user`() throws {
        let ratings = RatingMatrix.random(users: 50, items: 40, density: 0.3, seed: 6)
        let model = try ImplicitALS(uneven).fit(ratings)
        for user in 0..<50 {
            let own = ratings.userRatings(user)
            let scores = model.scores(user: user)
            for (one, other) in zip(scores, try model.scores(foldingIn: own)) { #expect(abs(one - other) < 1e-4) }
            guard own.count > 0 else { continue }
            for item in [0, 17, 39] {
                let contributions = try model.contributions(to: item, of: own)
                #expect(contributions.count == own.count)
                #expect(abs(contributions.reduce(0, +) - scores[item]) < 1e-4)
            }
        }
    }

    /// Users without ratings, or with only the lowest rating, which has strength 0 by default.
    @Test func `users without likes get items by like count`() throws {
        var rows: [[(item: Int, rating: Float)]] = []
        for user in 0..<20 {
            rows.append((0..<8).map { place in (item: (5 * place + user) % 12, rating: Float(1 + place * user % 5)) })
        }
        rows += [[(3, 1), (5, 1)], []]
        let ratings = RatingMatrix(rows: rows, itemCount: 12)
        let model = try ImplicitALS(configuration()).fit(ratings)
        var likes = [Float](repeating: 0, count: 12)
        for row in rows { for (item, rating) in row where rating >= 4 { likes[item] += 1 } }
        for user in [nil, 20, 21] { #expect(model.scores(user: user) == likes) }
        for user in [20, 21] { #expect(try model.scores(foldingIn: ratings.userRatings(user)) == likes) }
    }

    @Test func `unfittable ratings are rejected`() throws {
        let ratings = RatingMatrix.random(users: 30, items: 6, density: 0.8, seed: 1)
        let tall = try ImplicitALS(configuration { $0.rank = 6 })
        #expect(throws: FactorizationError.rankTooLarge(6, users: 30, items: 6)) { try tall.fit(ratings) }
        let strict = try ImplicitALS(configuration { $0.feedback.threshold = 5.5 })
        #expect(throws: FactorizationError.noLikes(threshold: 5.5, highest: 5)) { try strict.fit(ratings) }
        let plain = try ImplicitALS(configuration())
        #expect(throws: FactorizationError.noRatings) { try plain.fit(RatingMatrix(rows: [[]], itemCount: 2)) }
    }

    @Test func `options out of range are rejected`() {
        let wrong = [
            configuration { $0.rank = 0 }, configuration { $0.rank = 513 }, configuration { $0.regularization = -1 },
            configuration { $0.unobservedWeight = 0 }, configuration { $0.regularizationExponent = 1.1 },
            configuration { $0.highestWeight = -0.1 }, configuration { $0.iterations = 0 },
            configuration { $0.threads = 0 }, configuration { $0.feedback.least = 2 }, configuration { $0.alpha = 0 },
        ]
        for one in wrong { #expect(throws: FactorizationError.self) { try ImplicitALS(one) } }
    }
}
