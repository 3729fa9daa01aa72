import Evaluation
import Ratings
import TestSupport
import Testing

struct RatingBucketsTests {
    /// User 0 rated items 0 … 19, user 1 item 0; item 0 has two ratings, items 1 … 19 one and item 20 none.
    private let train = RatingMatrix(
        rows: [(0..<20).map { (item: $0, rating: 4) }, [(item: 0, rating: 4)], []], itemCount: 21)

    @Test func `buckets match hand-computed RMSEs`() {
        let test = TestRatings(
            RatingMatrix(rows: [[(0, 3), (20, 5)], [], [(1, 1)]], itemCount: 21), train: train)
        let buckets = RatingBuckets(test, predictions: [4, 4, 3], train: train)
        #expect(buckets.byActivity.map(\.bucket.description) == ["0", "20-49"])
        #expect(buckets.byActivity.map(\.count) == [1, 2] && buckets.byActivity.map(\.value) == [2, 1])
        #expect(buckets.byPopularity.map(\.bucket.description) == ["0", "1-19"])
        #expect(buckets.byPopularity.map(\.count) == [1, 2])
        #expect(buckets.byPopularity.map(\.value) == [1, 2.5.squareRoot()])
    }

    @Test func `user means are grouped by activity`() {
        let means = RatingBuckets.means(of: [0.2, 0.4, 1, 0.6], users: [0, 1, nil, 2], train: train)
        #expect(means.map(\.bucket.description) == ["0", "1-19", "20-49"])
        #expect(means.map(\.count) == [2, 1, 1] && means.map(\.value) == [0.8, 0.4, 0.2])
    }

    @Test func `squared errors of all groups add up to the overall RMSE`() {
        let train = RatingMatrix.random(users: 90, items: 40, density: 0.5, seed: 5)
        let test = TestRatings(RatingMatrix.random(users: 95, items: 44, density: 0.1, seed: 6), train: train)
        let predictions = test.values.indices.map { 2 + Double($0 % 5) / 2 }
        let buckets = RatingBuckets(test, predictions: predictions, train: train)
        let whole = RatingMetrics(ratings: test.values, predictions: predictions)
        for groups in [buckets.byActivity, buckets.byPopularity] {
            #expect(groups.count > 1 && groups.reduce(0) { $0 + $1.count } == whole.count)
            let squares = groups.reduce(0) { $0 + Double($1.count) * $1.value * $1.value }
            #expect(abs(squares / Double(whole.count) - whole.rmse * whole.rmse) < 1e-12)
        }
    }

    @Test func `no ratings give no buckets`() {
        let test = TestRatings(RatingMatrix(rows: [], itemCount: 21), train: train)
        let buckets = RatingBuckets(test, predictions: [], train: train)
        #expect(buckets.byActivity.isEmpty && buckets.byPopularity.isEmpty)
        #expect(RatingBuckets.means(of: [], users: [], train: train).isEmpty)
    }
}
