import Neighbors
import Ratings
import TestSupport
import Testing

struct UserKNNSweepTests {
    @Test func `sweep predicts the same as each configuration's own model`() throws {
        let ratings = RatingMatrix.random(users: 40, items: 25, density: 0.4, seed: 3)
        var configurations: [UserKNNConfiguration] = []
        for measure in SimilarityConfiguration.Measure.allCases {
            for (k, shrinkage, support) in [(1, 0.0, 1), (5, 20, 2), (80, 300, 1)] {
                var one = UserKNNConfiguration()
                one.similarity.measure = measure
                one.similarity.neighbors = k
                one.similarity.shrinkage = shrinkage
                one.similarity.minSupport = support
                one.negative = k == 5 ? .oppose : .ignore
                one.damping = 0.1 * Double(k)
                one.biases.userRegularization = Double(k)
                configurations.append(one)
            }
        }
        let sweep = try UserKNNSweep(ratings, configurations)
        let items: [Int?] = (0..<25).map { $0 } + [nil]
        for user in [0, 7, 39, nil] {
            let all = sweep.predictions(user: user, items: items[...])
            #expect(all.count == configurations.count)
            for (configuration, found) in zip(configurations, all) {
                let expected = try UserKNN.fit(ratings, configuration).predictions(
                    user: user, items: items[...], times: nil)
                #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
            }
        }
    }

    @Test func `options out of range are rejected`() throws {
        var wrong = UserKNNConfiguration()
        wrong.damping = -1
        #expect(throws: SimilarityError.outOfRange("damping", "-1.0", "0 to 1,000,000,000")) {
            try UserKNNSweep(RatingMatrix.random(users: 4, items: 5, density: 0.5, seed: 1), [wrong])
        }
    }
}
