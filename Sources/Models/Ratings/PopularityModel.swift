import LinearAlgebra

/// Recommends to everybody what most users liked: the yardstick that says how much of a ranking is mere popularity.
public struct PopularityModel: ItemRecommender {
    private let counts: [Float]

    /// - Parameter counts: by item, how many liked it.
    public init(counts: [Float]) {
        self.counts = counts
    }

    /// - Parameter threshold: only ratings of at least this much count; the default counts every rating.
    public static func fit(_ ratings: RatingMatrix, threshold: Float = -.infinity) -> PopularityModel {
        var counts = [Float](repeating: 0, count: ratings.items.count)
        for user in 0..<ratings.users.count {
            for (item, rating) in ratings.ratings(ofUser: user) where rating >= threshold { counts[Int(item)] += 1 }
        }
        return PopularityModel(counts: counts)
    }

    public func scores(user: Int?) -> [Float] { counts }

    public func scores(foldingIn ratings: UserRatings) -> [Float] { counts }
}
