import Evaluation
import Ratings
import TestSupport
import Testing

struct CountBucketTests {
    @Test func `buckets are named by their range`() {
        #expect(CountBucket.all.map(\.description) == ["0", "1-19", "20-49", "50-99", "100-199", "200-499", "500+"])
    }

    /// One user with that many ratings.
    @Test(arguments: [0, 1, 19, 20, 49, 50, 99, 100, 199, 200, 499, 500, 501])
    func `every count falls into the bucket of its range`(count: Int) {
        let train = RatingMatrix(rows: [(0..<count).map { (item: $0, rating: 3) }], itemCount: 600)
        let groups = RatingBuckets.means(of: [1], users: [0], train: train)
        #expect(groups.count == 1)
        #expect(groups.allSatisfy { $0.bucket.lowest <= count && count <= $0.bucket.highest ?? .max })
    }
}
