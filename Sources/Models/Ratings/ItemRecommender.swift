import LinearAlgebra

/// A model that ranks items for a user, without predicting ratings.
public protocol ItemRecommender: Sendable {
    /// A finite score for every item of the training vocabulary; higher is better.
    ///
    /// - Parameter user: an index of the training vocabulary, or nil for a user unseen there.
    func scores(user: Int?) -> [Float]

    /// The same for a user outside the training data, from their ratings: a fold-in, without a new fit.
    ///
    /// - Throws: if the user's equations have no solution.
    func scores(foldingIn ratings: UserRatings) throws -> [Float]
}

/// An item on a user's list.
public struct RankedItem: Sendable, Equatable {
    /// The index of the item.
    public let item: Int32
    /// Higher is better.
    public let score: Float

    /// Creates a ranked item.
    public init(item: Int32, score: Float) {
        self.item = item
        self.score = score
    }
}

extension ItemRecommender {
    /// The best items for a user with their scores: higher score first, then lower index; fewer than `count` if the
    /// catalogue ends.
    ///
    /// - Parameter excluded: items to omit, usually those the user rated.
    public func rankedItems(user: Int?, count: Int, excluding excluded: some Sequence<Int32>) -> [RankedItem] {
        best(of: scores(user: user), count: count, excluding: excluded)
    }

    /// The best unrated items for a user outside the training data.
    public func rankedItems(foldingIn ratings: UserRatings, count: Int) throws -> [RankedItem] {
        try rankedItems(foldingIn: ratings, count: count, excluding: ratings.items)
    }

    /// The best items for a user outside the training data, without some.
    public func rankedItems(
        foldingIn ratings: UserRatings, count: Int, excluding excluded: some Sequence<Int32>
    ) throws -> [RankedItem] {
        best(of: try scores(foldingIn: ratings), count: count, excluding: excluded)
    }

    /// `rankedItems` without their scores.
    public func topItems(user: Int?, count: Int, excluding excluded: some Sequence<Int32>) -> [Int] {
        rankedItems(user: user, count: count, excluding: excluded).map { Int($0.item) }
    }

    /// `rankedItems` without their scores.
    public func topItems(foldingIn ratings: UserRatings, count: Int) throws -> [Int] {
        try rankedItems(foldingIn: ratings, count: count).map { Int($0.item) }
    }
}

/// The items with the highest scores.
///
/// - Complexity: O(items · log count) time at worst, and O(items) where few reach the list.
func best(of scores: [Float], count: Int, excluding excluded: some Sequence<Int32>) -> [RankedItem] {
    guard count > 0, !scores.isEmpty else { return [] }
    var isCandidate = [Bool](repeating: true, count: scores.count)
    for item in excluded { isCandidate[Int(item)] = false }
    var best = TopK(rows: 1, capacity: min(count, scores.count), floor: -.greatestFiniteMagnitude)
    for item in scores.indices where isCandidate[item] { best.offer(scores[item], Int32(item), to: 0) }
    return best.best(ofRow: 0).map { RankedItem(item: $0.index, score: $0.score) }
}
