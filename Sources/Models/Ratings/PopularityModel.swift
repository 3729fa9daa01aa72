public import LinearAlgebra

/// Recommends the most liked items to everyone: the baseline that shows how much of a ranking is mere popularity.
public struct PopularityModel: ItemRecommender {
    private let counts: [Float]

    /// - Parameter counts: the number of likes of each item.
    public init(counts: [Float]) {
        self.counts = counts
    }

    /// - Parameter threshold: the minimum rating that counts; by default every rating does.
    public static func fit(_ ratings: RatingMatrix, threshold: Float = -.infinity) -> PopularityModel {
        var counts = [Float](repeating: 0, count: ratings.items.count)
        for user in 0..<ratings.users.count {
            for (item, rating) in ratings.ratings(ofUser: user) where rating >= threshold { counts[Int(item)] += 1 }
        }
        return PopularityModel(counts: counts)
    }

    /// The same from the transposed matrix.
    ///
    /// - Parameter byItem: shape (items, users).
    public static func fit(byItem: SparseMatrix<Float>, threshold: Float, threads: Int) -> PopularityModel {
        let counts = Parallel.map(byItem.rows, threads: threads) { item in
            var count = 0
            for entry in byItem.entries(ofRow: item) { count += byItem.values[entry] >= threshold ? 1 : 0 }
            return Float(count)
        }
        return PopularityModel(counts: counts)
    }

    public func scores(user: Int?) -> [Float] { counts }

    public func scores(foldingIn ratings: UserRatings) -> [Float] { counts }
}
