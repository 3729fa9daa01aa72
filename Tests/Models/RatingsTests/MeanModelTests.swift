import Ratings
import TestSupport
import Testing

struct MeanModelTests {
    private let ratings = RatingMatrix(rows: [[(0, 5), (1, 3)], [(0, 1)], []], itemCount: 3)

    @Test(arguments: zip(MeanModel.Kind.allCases, [[3.0, 3, 3], [4.0, 1, 3], [3.0, 3, 3]]))
    func `means match hand-computed values`(_ kind: MeanModel.Kind, _ means: [Double]) {
        let model = MeanModel.fit(ratings, kind)
        #expect(model.mean == 3)
        for (row, mean) in means.enumerated() {
            #expect(model.prediction(user: kind == .item ? nil : row, item: kind == .user ? nil : row) == mean)
        }
        #expect(model.prediction(user: nil, item: nil) == 3)
    }

    @Test func `fold-in uses the mean of the guest's own ratings`() {
        let own = UserRatings([(item: 1, rating: 2), (item: 0, rating: 1)])
        #expect(MeanModel.fit(ratings, .user).predictions(foldingIn: own, items: [2, 0]) == [1.5, 1.5])
        #expect(MeanModel.fit(ratings, .item).predictions(foldingIn: own, items: [0, 2]) == [3, 3])
    }
}
