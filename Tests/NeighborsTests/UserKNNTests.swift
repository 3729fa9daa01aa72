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

    /// The definition once more, from the reference similarity and a full sort.
    @Test(arguments: [1, 3, 80], SimilarityConfiguration.Measure.allCases)
    func equalsTheDefinition(_ k: Int, _ measure: SimilarityConfiguration.Measure) throws {
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
                        let surprise = Double(rating) - biases.prediction(user: other, item: item)
                        raters.append((reference.similarity(user, other).value, surprise, other))
                    }
                }
                let nearest = raters.filter { $0.similarity > 1e-9 }
                    .sorted { (Float($1.similarity), $0.user) < (Float($0.similarity), $1.user) }.prefix(k)
                let weighted = nearest.reduce(0) { $0 + $1.similarity * $1.surprise }
                let total = nearest.reduce(chosen.damping) { $0 + $1.similarity }
                let expected = min(5, max(0.5, biases.prediction(user: user, item: item) + weighted / total))
                #expect(abs(model.prediction(user: user, item: item) - expected) < 1e-5)
            }
        }
    }

    @Test func unseenIsAnsweredByTheBiases() throws {
        let ratings = RatingMatrix.random(users: 30, items: 20, density: 0.4, seed: 5)
        let model = try UserKNN.fit(ratings)
        #expect(model.prediction(user: nil, item: 3) == model.biases.prediction(user: nil, item: 3))
        #expect(model.prediction(user: 1, item: nil) == model.biases.prediction(user: 1, item: nil))
        #expect(model.prediction(user: nil, item: nil) == model.biases.mean)
    }

    @Test func optionsOutOfRangeAreRefused() {
        let ratings = RatingMatrix(rows: [[(0, 3)]], itemCount: 1)
        #expect(throws: SimilarityError.self) { try UserKNN.fit(ratings, configuration { $0.damping = -1 }) }
        #expect(throws: SimilarityError.self) {
            try UserKNN.fit(ratings, configuration { $0.similarity.neighbors = 0 })
        }
    }
}
