import LinearAlgebra
public import Ratings

/// Where a model errs: its test ratings grouped by how many training ratings their user has, and how many their item.
///
/// The buckets are those of `CountBucket`; empty ones are left out, and each rating is in one bucket of either grouping.
/// A user with 20 training ratings and tests 3 and 5, both predicted as 4, and a cold user with a test 1, predicted as 3: by
/// activity the RMSE is 2 in the bucket 0 and 1 in the bucket 20-49.
public struct RatingBuckets: Sendable, Equatable {
    /// What falls into one bucket.
    public struct Group: Sendable, Equatable {
        public let bucket: CountBucket
        /// The number of test ratings, or of users; at least one.
        public let count: Int
        /// The RMSE of the ratings, or the mean over the users.
        public let value: Double
    }

    /// RMSE by the number of training ratings of the user.
    public let byActivity: [Group]
    /// RMSE by the number of training ratings of the item.
    public let byPopularity: [Group]

    /// - Parameters:
    ///   - predictions: one for each test rating.
    ///   - train: the ratings that `test` was made with.
    public init(_ test: TestRatings, predictions: [Double], train: RatingMatrix) {
        precondition(test.values.count == predictions.count, "a prediction for every rating")
        let squares = zip(test.values, predictions).map { ($0 - $1) * ($0 - $1) }
        let itemCounts = train.itemCounts
        func rootMeans(_ counts: [Int]) -> [Group] {
            Self.means(of: squares, counts: counts).map {
                Group(bucket: $0.bucket, count: $0.count, value: $0.value.squareRoot())
            }
        }
        byActivity = rootMeans(Self.activities(of: test.users, train))
        byPopularity = rootMeans(test.items.map { item in item.map { itemCounts[$0] } ?? 0 })
    }

    /// The mean of any value of users, such as their nDCG, by their number of training ratings.
    ///
    /// - Parameters:
    ///   - values: one for each user.
    ///   - users: their indices in training, nil where unseen there.
    public static func means(of values: [Double], users: [Int?], train: RatingMatrix) -> [Group] {
        precondition(values.count == users.count, "a value for every user")
        return means(of: values, counts: activities(of: users, train))
    }

    private static func activities(of users: [Int?], _ train: RatingMatrix) -> [Int] {
        users.map { user in user.map { train.byUser.entries(ofRow: $0).count } ?? 0 }
    }

    private static func means(of values: [Double], counts: [Int]) -> [Group] {
        var sums = CountBucket.all.map { (bucket: $0, count: 0, sum: 0.0) }
        for (value, count) in zip(values, counts) {
            let place = CountBucket.place(of: count)
            sums[place].count += 1
            sums[place].sum += value
        }
        return sums.filter { $0.count > 0 }
            .map { Group(bucket: $0.bucket, count: $0.count, value: $0.sum / Double($0.count)) }
    }
}
