import LinearAlgebra
public import Ratings

/// Error metrics of rating predictions.
public struct RatingMetrics: Sendable, Equatable {
    /// The number of ratings.
    public let count: Int
    /// √(Σ (r − r̂)² / n), in units of the rating. Ratings 1, 2, 4 predicted as 2, 2, 2: √(5/3) ≈ 1.290994.
    public let rmse: Double
    /// Σ |r − r̂| / n, in units of the rating. The same: 3/3 = 1.
    public let mae: Double
    /// 1 − Σ (r − r̂)² / Σ (r − r̄)²; 0 if all ratings are equal. The same: 1 − 5/(14/3) ≈ −0.071429.
    public let rSquared: Double

    /// - Parameters:
    ///   - ratings: at least one.
    ///   - predictions: one per rating.
    public init(ratings: [Double], predictions: [Double]) {
        precondition(!ratings.isEmpty && ratings.count == predictions.count, "one prediction per rating")
        let n = Double(ratings.count)
        let mean = ratings.reduce(0, +) / n
        let errors = zip(ratings, predictions).map { $0 - $1 }
        let squares = errors.reduce(0) { $0 + $1 * $1 }
        let spread = ratings.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        count = ratings.count
        rmse = (squares / n).squareRoot()
        mae = errors.reduce(0) { $0 + abs($1) } / n
        rSquared = spread > 0 ? 1 - squares / spread : 0
    }
}

/// Test ratings, indexed by the vocabularies of the training ratings.
public struct TestRatings: Sendable {
    /// The training index of each rating's user, nil if unseen in training.
    public let users: [Int?]
    /// The training index of each rating's item, nil if unseen in training.
    public let items: [Int?]
    /// The ratings.
    public let values: [Double]
    /// The row of each rating's user in the test ratings.
    public let testUsers: [Int]
    /// Seconds since 1970, or nil if the test ratings have no timestamps.
    public let times: [Int64]?

    /// The number of ratings whose user or item is unseen in training.
    public var coldCount: Int { zip(users, items).count { $0 == nil || $1 == nil } }

    /// Maps test ratings to the vocabularies of the training ratings.
    public init(_ test: RatingMatrix, train: RatingMatrix) {
        // Splits share their vocabularies, so a known user or item may still have no training ratings.
        let itemCounts = train.itemCounts
        let userIndex = (0..<test.users.count).map { user in
            train.users.index(of: test.users[user]).flatMap { train.byUser.entries(ofRow: $0).isEmpty ? nil : $0 }
        }
        let itemIndex = (0..<test.items.count).map { item in
            train.items.index(of: test.items[item]).flatMap { itemCounts[$0] == 0 ? nil : $0 }
        }
        var users: [Int?] = []
        var items: [Int?] = []
        var values: [Double] = []
        var testUsers: [Int] = []
        for user in 0..<test.users.count {
            for (item, rating) in test.ratings(ofUser: user) {
                testUsers.append(user)
                users.append(userIndex[user])
                items.append(itemIndex[Int(item)])
                values.append(Double(rating))
            }
        }
        self.users = users
        self.items = items
        self.values = values
        self.testUsers = testUsers
        times = test.timestamps
    }

    /// The predictions for all test ratings; cold ones use the model's fallback. Fewer where the run is cancelled
    /// (`Cancellation`).
    ///
    /// - Parameter threads: the predictions do not depend on it.
    public func predictions(of model: some RatingPredictor, threads: Int = 1) -> [Double] {
        byUser(threads) { model.predictions(user: users[$0.lowerBound], items: items[$0], times: times?[$0]) }
    }

    /// The same with uncertainty.
    public func distributions(of model: some UncertainPredictor, threads: Int = 1) -> [RatingDistribution] {
        byUser(threads) { range in
            range.map { model.distribution(user: users[$0], item: items[$0], time: times?[$0]) }
        }
    }

    /// The metrics of a model on all test ratings.
    public func metrics(of model: some RatingPredictor, threads: Int = 1) -> RatingMetrics {
        RatingMetrics(ratings: values, predictions: predictions(of: model, threads: threads))
    }

    /// The answers for each user's ratings, which are contiguous, in order.
    private func byUser<Answer: Sendable>(
        _ threads: Int, _ answers: @Sendable (_ range: Range<Int>) -> [Answer]
    ) -> [Answer] {
        var starts = testUsers.indices.filter { $0 == 0 || testUsers[$0 - 1] != testUsers[$0] }
        starts.append(testUsers.count)
        let (ranges, cancellation) = (starts, Cancellation.current)
        return Parallel.map(ranges.count - 1, threads: threads) { user in
            cancellation.isRequested ? [] : answers(ranges[user]..<ranges[user + 1])
        }.flatMap { $0 }
    }
}
