import LinearAlgebra

/// Predicts a mean: global, per user or per item. The baselines that biases have to beat.
///
/// Ratings 5 and 3 by one user, 1 of the first item by another: μ = 3, users 4 and 1, items 3 and 3. Unseen users and
/// items get μ.
///
/// - Complexity: O(ratings) time, O(users + items) memory.
public struct MeanModel: RatingPredictor {
    /// The mean to predict.
    public enum Kind: String, Sendable, CaseIterable {
        /// The mean of all ratings, of the user's, or of the item's.
        case global, user, item
    }

    /// The mean to predict.
    public let kind: Kind
    /// μ, the mean of all ratings.
    public let mean: Double
    /// By user or item index, μ for those without ratings; empty for `global`.
    private let means: [Double]

    /// The number of means.
    public var count: Int { means.count + 1 }

    /// Computes the means of ratings.
    public static func fit(_ ratings: RatingMatrix, _ kind: Kind) -> MeanModel {
        let values = ratings.byUser.values
        let mean = values.reduce(0) { $0 + Double($1) } / Double(max(1, values.count))
        let matrix = kind == .item ? ratings.byUser.transposed() : ratings.byUser
        let rows = kind == .global ? 0 : matrix.rows
        let means = (0..<rows).map { row in
            let entries = matrix.entries(ofRow: row)
            return entries.isEmpty
                ? mean : matrix.values[entries].reduce(0) { $0 + Double($1) } / Double(entries.count)
        }
        return MeanModel(kind: kind, mean: mean, means: means)
    }

    public func prediction(user: Int?, item: Int?) -> Double {
        let row = kind == .user ? user : kind == .item ? item : nil
        return row.map { means[$0] } ?? mean
    }

    public func predictions(foldingIn ratings: UserRatings, items: [Int]) -> [Double] {
        let own = ratings.values.reduce(0) { $0 + Double($1) } / Double(max(1, ratings.count))
        let isUser = kind == .user && ratings.count > 0
        return items.map { isUser ? own : prediction(user: nil, item: $0) }
    }
}
