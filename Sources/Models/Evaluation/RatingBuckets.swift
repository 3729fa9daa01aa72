import LinearAlgebra
public import Ratings

/// Errors of a model, with test ratings grouped by the number of training ratings of their user and of their item.
///
/// Buckets are those of `CountBucket`; empty ones are omitted, and each rating is in one bucket of either grouping. A
/// user with 20 training ratings and test ratings 3 and 5, both predicted as 4, and a cold user with test rating 1,
/// predicted as 3: by activity, the RMSE is 2 in bucket 0 and 1 in bucket 20-49.
public struct RatingBuckets: Sendable, Equatable {
    /// The members of one bucket.
    public struct Group: Sendable, Equatable {
        /// The range of rating counts.
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
    ///   - predictions: one per test rating.
    ///   - train: the training ratings of `test`.
    public init(_ test: TestRatings, predictions: [Double], train: RatingMatrix) {
        precondition(test.values.count == predictions.count, "one prediction per rating")
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

    /// The mean of a value per user, such as nDCG, by the user's number of training ratings.
    ///
    /// - Parameters:
    ///   - values: one per user.
    ///   - users: their training indices, nil if unseen.
    public static func means(of values: [Double], users: [Int?], train: RatingMatrix) -> [Group] {
        precondition(values.count == users.count, "one value per user")
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
