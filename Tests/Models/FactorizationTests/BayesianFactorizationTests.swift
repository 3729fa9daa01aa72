import Factorization
import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct BayesianFactorizationTests {
    private static let data = SyntheticFactors(users: 200, items: 100, share: 0.5, seed: 1)
    /// Fitted once for all read-only tests.
    private static let fitted = Result {
        try BayesianFactorization(configuration { $0.samples = 100 }).fit(data.train)
    }

    private static func configuration(
        _ change: (inout BayesianConfiguration) -> Void = { _ in }
    ) -> BayesianConfiguration {
        var configuration = BayesianConfiguration()
        configuration.rank = 2
        configuration.burnIn = 20
        configuration.samples = 20
        change(&configuration)
        return configuration
    }

    @Test func `error is within 5 % of the noise floor`() throws {
        let (data, model) = (Self.data, try Self.fitted.get())
        let error = data.error { model.prediction(user: $0, item: $1) }
        let biases = BiasModel.fit(data.train)
        #expect(error < 0.7 * data.error { biases.prediction(user: $0, item: $1) })
        #expect(error < 1.05 * data.leastError)
    }

    @Test func `intervals are calibrated`() throws {
        let (data, model) = (Self.data, try Self.fitted.get())
        for (level, z) in [(0.5, 0.674490), (0.8, 1.281552), (0.95, 1.959964)] {
            let inside = data.test.count { one in
                let distribution = model.distribution(user: one.user, item: one.item, time: nil)
                return abs(one.rating - distribution.mean) <= z * distribution.standardDeviation
            }
            #expect(abs(Double(inside) / Double(data.test.count) - level) < 0.03)
        }
    }

    @Test func `unseen users and items have wider distributions`() throws {
        let model = try Self.fitted.get()
        let scale = try #require(model.scale)
        func deviation(_ user: Int?, _ item: Int?) -> Double {
            model.distribution(user: user, item: item, time: nil).standardDeviation
        }
        for index in 0..<100 {
            let known = deviation(index, index)
            #expect(known > 0.7 * SyntheticFactors.noise)
            #expect(known < deviation(nil, index) && known < deviation(index, nil))
            for (user, item) in [(nil, index), (index, nil), (nil, nil)] as [(Int?, Int?)] {
                let prediction = model.prediction(user: user, item: item)
                #expect(prediction >= Double(scale.minimum) && prediction <= Double(scale.maximum))
                #expect(deviation(user, item).isFinite)
            }
        }
        // An item with strong factors divides users more than the average one; over all items it evens out.
        let variances = (0..<100).map { deviation(nil, $0) * deviation(nil, $0) }
        #expect(variances.reduce(0, +) / 100 < deviation(nil, nil) * deviation(nil, nil))
    }

    /// A score is the mean without the terms shared by all items of a user; the prediction is the clamped mean.
    @Test func `scores differ from means by a constant per user`() throws {
        let model = try Self.fitted.get()
        for user in [nil, 0, 77, 199] {
            let scores = model.scores(user: user)
            let means = (0..<100).map { model.distribution(user: user, item: $0, time: nil).mean }
            for item in 0..<100 {
                #expect(abs(means[item] - Double(scores[item]) - means[0] + Double(scores[0])) < 1e-4)
                #expect(model.prediction(user: user, item: item) == model.scale.clamped(means[item]))
            }
            #expect((scores.max() ?? 0) - (scores.min() ?? 0) > 0.5)
        }
    }

    /// Every draw is centered, so factors and biases have mean 0 over the ratings.
    @Test func `factors and biases average to zero over the ratings`() throws {
        let (train, model) = (Self.data.train, try Self.fitted.get())
        #expect(abs(model.mean - Double(train.byUser.values.reduce(0, +)) / Double(train.count)) < 0.05)
        for column in 0..<3 {
            var (own, other) = (0.0, 0.0)
            for user in 0..<200 {
                for (item, _) in train.ratings(ofUser: user) {
                    own += Double(model.users.means[user, column])
                    other += Double(model.items.means[Int(item), column])
                }
            }
            #expect(abs(own) < 1e-4 * Double(train.count) && abs(other) < 1e-4 * Double(train.count))
        }
        for user in 0..<200 { for i in 0..<3 { #expect(model.users.covariances[user, i, i] > 0) } }
    }

    /// The fold-in uses posterior item factors, the chain samples them: nearly the same.
    @Test func `folding in a training user comes close to their predictions`() throws {
        let (train, model) = (Self.data.train, try Self.fitted.get())
        let items = Array(0..<100)
        var squares = 0.0
        for user in 0..<200 {
            let own = train.userRatings(user)
            let folded = try model.predictions(foldingIn: own, items: items)
            let scores = try model.scores(foldingIn: own)
            let first = try model.distribution(foldingIn: own, item: 0)
            for item in items {
                let difference = folded[item] - model.prediction(user: user, item: item)
                squares += difference * difference
                guard user < 5 else { continue }
                let guest = try model.distribution(foldingIn: own, item: item)
                let known = model.distribution(user: user, item: item, time: nil)
                #expect(folded[item] == model.scale.clamped(guest.mean))
                #expect(abs(guest.mean - first.mean - Double(scores[item] - scores[0])) < 1e-4)
                #expect(abs(guest.standardDeviation / known.standardDeviation - 1) < 0.25)
            }
        }
        #expect((squares / 20_000).squareRoot() < 0.1)
    }

    @Test func `folding in no ratings equals the unseen user`() throws {
        let model = try Self.fitted.get()
        for item in 0..<100 {
            let guest = try model.distribution(foldingIn: UserRatings([]), item: item)
            let unseen = model.distribution(user: nil, item: item, time: nil)
            #expect(abs(guest.mean - unseen.mean) < 1e-4)
            #expect(abs(guest.standardDeviation - unseen.standardDeviation) < 1e-3)
        }
    }

    @Test func `samples depend on the seed and not on the thread count`() throws {
        let ratings = RatingMatrix.random(users: 150, items: 90, density: 0.2, seed: 2)
        func bits(threads: Int, seed: UInt64 = 1) throws -> [UInt32] {
            let chosen = Self.configuration {
                $0.threads = threads
                $0.seed = seed
                $0.burnIn = 2
                $0.samples = 3
            }
            let model = try BayesianFactorization(chosen).fit(ratings)
            let numbers = model.users.means.storage + model.items.means.storage + model.users.covariances.elements
            return (numbers + model.spread.items + [Float(model.spread.variance)]).map(\.bitPattern)
        }
        let once = try bits(threads: 1)
        #expect(try bits(threads: 1) == once && bits(threads: 3) == once)
        #expect(try bits(threads: 1, seed: 2) != once)
    }

    @Test func `progress reports every sweep`() throws {
        var sweeps: [Int] = []
        var errors: [Double] = []
        _ = try BayesianFactorization(Self.configuration { $0.samples = 5 }).fit(Self.data.train) {
            sweeps.append($0)
            errors.append($1)
        }
        #expect(sweeps == Array(1...25))
        // After convergence, training errors equal the noise.
        #expect(errors.suffix(5).allSatisfy { abs($0 - SyntheticFactors.noise) < 0.05 } && errors[0] > errors[24])
    }

    @Test func `unfittable ratings are rejected`() throws {
        let bayes = try BayesianFactorization(Self.configuration { $0.rank = 4 })
        let narrow = RatingMatrix.random(users: 30, items: 4, density: 0.8, seed: 1)
        #expect(throws: FactorizationError.rankTooLarge(4, users: 30, items: 4)) { try bayes.fit(narrow) }
        let equal = RatingMatrix(rows: Array(repeating: [(0, 3), (1, 3)], count: 9), itemCount: 8)
        #expect(throws: FactorizationError.allEqual(3)) { try bayes.fit(equal) }
        #expect(throws: FactorizationError.noRatings) { try bayes.fit(RatingMatrix(rows: [[]], itemCount: 2)) }
    }

    @Test func `options out of range are rejected`() {
        let wrong = [
            Self.configuration { $0.rank = 0 }, Self.configuration { $0.rank = 513 },
            Self.configuration { $0.burnIn = -1 }, Self.configuration { $0.samples = 1 },
            Self.configuration { $0.threads = 0 },
        ]
        for one in wrong { #expect(throws: FactorizationError.self) { try BayesianFactorization(one) } }
    }
}
