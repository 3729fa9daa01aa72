import Evaluation
import Ratings
import TestSupport
import Testing

struct RatingMetricsTests {
    @Test func `metrics match the worked example`() {
        let metrics = RatingMetrics(ratings: [1, 2, 4], predictions: [2, 2, 2])
        #expect(abs(metrics.rmse - 1.290994) < 1e-6)
        #expect(metrics.mae == 1)
        #expect(abs(metrics.rSquared + 0.071429) < 1e-6)
        #expect(metrics.count == 3)
    }

    @Test func `R² of equal ratings is 0`() {
        #expect(RatingMetrics(ratings: [3, 3], predictions: [2, 4]).rSquared == 0)
    }

    @Test func `cold ratings are predicted and counted`() {
        let train = RatingMatrix(rows: [[(0, 4)], [(1, 2)]], itemCount: 2)
        let test = RatingMatrix(rows: [[(0, 3)], [(3, 3)], [(1, 3), (0, 1)]], itemCount: 4)
        let ratings = TestRatings(test, train: train)
        #expect(ratings.values.count == 4)
        #expect(ratings.coldCount == 3)
        let metrics = ratings.metrics(of: BiasModel(mean: 3, userBiases: [0, 0], itemBiases: [0, 0]))
        #expect(metrics.count == 4 && metrics.rmse == 1)
    }

    /// Folds share their vocabularies, so the vocabulary alone does not tell.
    @Test func `users and items without training ratings are cold`() {
        let train = RatingMatrix(rows: [[(0, 4)], []], itemCount: 2)
        let test = RatingMatrix(rows: [[(1, 3)], [(0, 3)]], itemCount: 2)
        let ratings = TestRatings(test, train: train)
        #expect(ratings.coldCount == 2)
        #expect(ratings.users == [0, nil] && ratings.items == [nil, 0])
    }
}
