import Ratings
import TestSupport
import Testing

struct BiasModelTests {
    @Test func `biases of one user match hand-computed values`() {
        var configuration = BiasConfiguration()
        configuration.userRegularization = 0
        configuration.itemRegularization = 0
        configuration.iterations = 1
        let model = BiasModel.fit(RatingMatrix(rows: [[(0, 5), (1, 3)]], itemCount: 2), configuration)
        #expect(model.mean == 4 && model.userBiases == [0] && model.itemBiases == [1, -1])
    }

    @Test func `unseen users or items drop out of the prediction`() {
        let model = BiasModel(mean: 3.5, userBiases: [0.5], itemBiases: [-1])
        #expect(model.prediction(user: 0, item: 0) == 3)
        #expect(model.prediction(user: nil, item: 0) == 2.5)
        #expect(model.prediction(user: 0, item: nil) == 4)
        #expect(model.prediction(user: nil, item: nil) == 3.5)
    }

    /// At the minimum of the regularized loss, the gradient of every bias is zero.
    @Test func `many iterations reach the minimum of the loss`() {
        let ratings = RatingMatrix.random(users: 30, items: 20, density: 0.4, seed: 3)
        var configuration = BiasConfiguration()
        configuration.iterations = 500
        let model = BiasModel.fit(ratings, configuration)
        var itemGradients = model.itemBiases.map { -configuration.itemRegularization * $0 }
        for user in 0..<30 {
            var gradient = -configuration.userRegularization * model.userBiases[user]
            for (item, rating) in ratings.ratings(ofUser: user) {
                let error = Double(rating) - model.expectation(user: user, item: Int(item))
                gradient += error
                itemGradients[Int(item)] += error
            }
            #expect(abs(gradient) < 1e-9)
        }
        #expect(itemGradients.allSatisfy { abs($0) < 1e-6 })
    }

    /// Item biases are fitted before user biases, so the fold-in repeats the last step.
    @Test func `folding in a training user reproduces their bias`() {
        let ratings = RatingMatrix.random(users: 30, items: 20, density: 0.4, seed: 3)
        let model = BiasModel.fit(ratings)
        for user in 0..<30 {
            #expect(abs(model.userBias(foldingIn: ratings.userRatings(user)) - model.userBiases[user]) < 1e-12)
        }
        let items = Array(0..<20)
        let folded = model.predictions(foldingIn: ratings.userRatings(7), items: items)
        for item in items { #expect(abs(folded[item] - model.prediction(user: 7, item: item)) < 1e-12) }
    }

    @Test func `predictions are clamped to the scale and expectations are not`() {
        let scale = RatingScale(of: RatingMatrix(rows: [[(0, 1), (1, 5)]], itemCount: 2))
        let model = BiasModel(mean: 4, userBiases: [2], itemBiases: [-6, 0], scale: scale)
        #expect(model.prediction(user: 0, item: 1) == 5)
        #expect(model.prediction(user: nil, item: 0) == 1)
        #expect(model.expectation(user: nil, item: 0) == -2)
    }
}
