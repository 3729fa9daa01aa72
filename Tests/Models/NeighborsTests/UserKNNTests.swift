import Neighbors
import Ratings
import TestSupport
import Testing

struct UserKNNTests {
    private func configuration(_ change: (inout UserKNNConfiguration) -> Void = { _ in }) -> UserKNNConfiguration {
        var configuration = UserKNNConfiguration()
        configuration.similarity.shrinkage = 0
        change(&configuration)
        return configuration
    }

    /// From the reference similarity and a full sort.
    @Test(arguments: [1, 3, 80], SimilarityConfiguration.Measure.allCases)
    func `predictions match their definition`(_ k: Int, _ measure: SimilarityConfiguration.Measure) throws {
        let ratings = RatingMatrix.random(users: 40, items: 25, density: 0.4, seed: 3)
        let chosen = configuration {
            $0.similarity.neighbors = k
            $0.similarity.measure = measure
            $0.similarity.minSupport = 2
        }
        let model = try UserKNN.fit(ratings, chosen)
        let reference = SimilarityReference(ratings, chosen.similarity)
        let biases = BiasModel.fit(ratings)
        for user in 0..<40 {
            for item in 0..<25 {
                var raters: [(similarity: Double, surprise: Double, user: Int)] = []
                for other in 0..<40 where other != user {
                    for (rated, rating) in ratings.ratings(ofUser: other) where rated == item {
                        let surprise = Double(rating) - biases.expectation(user: other, item: item)
                        raters.append((reference.similarity(user, other).value, surprise, other))
                    }
                }
                let nearest = raters.filter { $0.similarity > 1e-9 }
                    .sorted { (Float($1.similarity), $0.user) < (Float($0.similarity), $1.user) }.prefix(k)
                let weighted = nearest.reduce(0) { $0 + $1.similarity * $1.surprise }
                let total = nearest.reduce(chosen.damping) { $0 + $1.similarity }
                let expected = min(5, max(0.5, biases.expectation(user: user, item: item) + weighted / total))
                #expect(abs(model.prediction(user: user, item: item) - expected) < 1e-5)
            }
        }
    }

    /// The definition with signed similarities.
    @Test func `ratings by opposite users count negatively`() throws {
        let ratings = RatingMatrix.random(users: 30, items: 20, density: 0.4, seed: 9)
        let chosen = configuration {
            $0.negative = .oppose
            $0.similarity.measure = .centered
            $0.similarity.neighbors = 4
        }
        let model = try UserKNN.fit(ratings, chosen)
        let biases = model.biases
        let means = ratings.userMeans
        func similarity(_ u: Int, _ v: Int) -> Double {
            var (product, left, right) = (0.0, 0.0, 0.0)
            for (item, rating) in ratings.ratings(ofUser: u) {
                guard let other = ratings.rating(user: v, item: Int(item)) else { continue }
                let (x, y) = (Double(rating) - means[u], Double(other) - means[v])
                (product, left, right) = (product + x * y, left + x * x, right + y * y)
            }
            return product == 0 ? 0 : product / (left * right).squareRoot()
        }
        for user in 0..<30 {
            for item in 0..<20 {
                let raters = (0..<30).filter { $0 != user && ratings.rating(user: $0, item: item) != nil }
                let nearest = raters.map { (similarity: similarity(user, $0), user: $0) }
                    .filter { abs($0.similarity) > 1e-9 }
                    .sorted { (Float(abs($1.similarity)), $0.user) < (Float(abs($0.similarity)), $1.user) }.prefix(4)
                var (weighted, total) = (0.0, chosen.damping)
                for rater in nearest {
                    let rating = Double(ratings.rating(user: rater.user, item: item) ?? 0)
                    weighted += rater.similarity * (rating - biases.expectation(user: rater.user, item: item))
                    total += abs(rater.similarity)
                }
                let expected = min(5, max(0.5, biases.expectation(user: user, item: item) + weighted / total))
                #expect(abs(model.prediction(user: user, item: item) - expected) < 1e-5)
            }
        }
    }

    /// Similarities to all users at once have the bits of pairwise ones.
    @Test(arguments: SimilarityConfiguration.Measure.allCases, SimilarityConfiguration.Norms.allCases)
    func `batch predictions equal single ones`(
        _ measure: SimilarityConfiguration.Measure, _ norms: SimilarityConfiguration.Norms
    ) throws {
        let ratings = RatingMatrix.random(users: 60, items: 30, density: 0.4, seed: 8)
        for negative in UserKNNConfiguration.NegativePolicy.allCases {
            let model = try UserKNN.fit(
                ratings,
                configuration {
                    $0.similarity.measure = measure
                    $0.similarity.norms = norms
                    $0.similarity.shrinkage = 20
                    $0.similarity.neighbors = 7
                    $0.negative = negative
                })
            for user in 0..<60 {
                let together = model.predictions(user: user, items: (0..<30).map { $0 }[...], times: nil)
                #expect(together == (0..<30).map { model.prediction(user: user, item: $0) })
            }
        }
    }

    /// They agree with as many neighbors as users, and differ with one.
    @Test func `neighborhoods agree only when every user is a neighbor`() throws {
        let ratings = RatingMatrix.random(users: 30, items: 20, density: 0.4, seed: 2)
        for (k, isEqual) in [(30, true), (1, false)] {
            let models = try UserKNNConfiguration.Neighborhood.allCases.map { neighborhood in
                try UserKNN.fit(
                    ratings,
                    configuration {
                        $0.neighborhood = neighborhood
                        $0.similarity.neighbors = k
                    })
            }
            let pairs = (0..<30).flatMap { user in (0..<20).map { (user, $0) } }
            let difference = pairs.reduce(0) { largest, pair in
                let predictions = models.map { $0.prediction(user: pair.0, item: pair.1) }
                return max(largest, abs(predictions[0] - predictions[1]))
            }
            #expect((difference < 1e-6) == isEqual, "k = \(k): \(difference)")
        }
    }

    /// The user did not rate these items and so is no neighbor for them; only the way to the similarities differs.
    @Test(arguments: UserKNNConfiguration.Neighborhood.allCases)
    func `folding in a training user reproduces predictions for unrated items`(
        _ neighborhood: UserKNNConfiguration.Neighborhood
    ) throws {
        let ratings = RatingMatrix.random(users: 30, items: 20, density: 0.4, seed: 12)
        let model = try UserKNN.fit(
            ratings,
            configuration {
                $0.neighborhood = neighborhood
                $0.similarity.neighbors = 30
            })
        for user in [0, 9, 21] {
            let rated = Set(ratings.userRatings(user).items.map(Int.init))
            let unrated = (0..<20).filter { !rated.contains($0) }
            let folded = model.predictions(foldingIn: ratings.userRatings(user), items: unrated)
            for (item, prediction) in zip(unrated, folded) {
                #expect(abs(prediction - model.prediction(user: user, item: item)) < 1e-6)
            }
        }
    }

    @Test func `unseen users and items get bias predictions`() throws {
        let ratings = RatingMatrix.random(users: 30, items: 20, density: 0.4, seed: 5)
        let model = try UserKNN.fit(ratings)
        #expect(model.prediction(user: nil, item: 3) == model.biases.prediction(user: nil, item: 3))
        #expect(model.prediction(user: 1, item: nil) == model.biases.prediction(user: 1, item: nil))
        #expect(model.prediction(user: nil, item: nil) == model.biases.mean)
    }

    @Test func `options out of range are rejected`() {
        let ratings = RatingMatrix(rows: [[(0, 3)]], itemCount: 1)
        #expect(throws: SimilarityError.self) { try UserKNN.fit(ratings, configuration { $0.damping = -1 }) }
        #expect(throws: SimilarityError.self) {
            try UserKNN.fit(ratings, configuration { $0.similarity.neighbors = 0 })
        }
        #expect(throws: SimilarityError.self) {
            try UserKNN.fit(
                ratings,
                configuration {
                    $0.neighborhood = .overall
                    $0.negative = .oppose
                })
        }
    }
}
