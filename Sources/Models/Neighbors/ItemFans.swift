public import LinearAlgebra
public import Ratings

/// The users who love an item, and what else they love more than average.
///
/// To *love* an item is to rate it at or above a threshold.
public struct ItemFans: Sendable {
    private let ratings: RatingMatrix
    private let byItem: SparseMatrix<Float>
    private let threshold: Float
    /// The number of users who love each item.
    private let counts: [Int]

    /// - Parameter byItem: the ratings, with items as rows.
    /// - Complexity: O(ratings).
    public init(_ ratings: RatingMatrix, byItem: SparseMatrix<Float>, threshold: Float) {
        self.ratings = ratings
        self.byItem = byItem
        self.threshold = threshold
        counts = (0..<byItem.rows).map { item in
            byItem.values[byItem.entries(ofRow: item)].count { $0 >= threshold }
        }
    }

    /// How many love an item.
    public func count(of item: Int) -> Int { counts[item] }

    /// The fans of an item: higher rating first, then lower index.
    public func fans(of item: Int) -> [(user: Int, rating: Float)] {
        byItem.entries(ofRow: item).lazy.filter { byItem.values[$0] >= threshold }
            .map { (Int(byItem.columnIndices[$0]), byItem.values[$0]) }
            .sorted { ($1.rating, $0.user) < ($0.rating, $1.user) }
    }

    /// What else the fans of an item love: higher score first, then lower index.
    ///
    /// If a of n fans love the other item and n·p were expected, with p the share of all users, the score is (a − n·p)
    /// / √(n·p·(1 − p) + 1), a z-score damped by the added one for few fans. Of 50 fans, 30 love what a tenth of all
    /// users love: (30 − 5) / √(4.5 + 1) ≈ 10.660036.
    ///
    /// - Complexity: O(ratings of the fans) time, O(items) memory.
    public func favorites(of item: Int, count: Int) -> [FanFavorite] {
        let fans = fans(of: item)
        var loves = [Int](repeating: 0, count: byItem.rows)
        for fan in fans {
            for (other, rating) in ratings.ratings(ofUser: fan.user) where rating >= threshold {
                loves[Int(other)] += 1
            }
        }
        let users = Double(ratings.users.count)
        let found = loves.indices.lazy.filter { $0 != item && loves[$0] > 0 }.map { other in
            let share = Double(counts[other]) / users
            let expected = Double(fans.count) * share
            let score = (Double(loves[other]) - expected) / (expected * (1 - share) + 1).squareRoot()
            return FanFavorite(item: other, fans: loves[other], share: share, score: score)
        }
        return Array(
            found.filter { $0.score > 0 }.sorted { ($1.score, $0.item) < ($0.score, $1.item) }.prefix(count))
    }
}

/// An item loved by the fans of another.
public struct FanFavorite: Sendable, Equatable {
    /// The index of the item.
    public let item: Int
    /// The number of fans who love it.
    public let fans: Int
    /// The share of all users who love it, in [0, 1].
    public let share: Double
    /// The excess over the expectation, in standard deviations; above 0.
    public let score: Double
}
