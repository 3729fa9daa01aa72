import LinearAlgebra

/// A model that says which items a user would like, as an order and not as ratings.
public protocol ItemRecommender: Sendable {
    /// A score for every item of the training vocabulary, larger for what the user would like more; finite.
    ///
    /// - Parameter user: an index of the training vocabulary, or nil for a user unseen there.
    func scores(user: Int?) -> [Float]

    /// The same for a user who is known by these ratings alone: a fold-in, without a new fit.
    ///
    /// - Throws: where the user's equations have no solution.
    func scores(foldingIn ratings: UserRatings) throws -> [Float]
}

/// An item on a user's list.
public struct RankedItem: Sendable, Equatable {
    public let item: Int32
    /// Larger for what the user would like more.
    public let score: Float

    public init(item: Int32, score: Float) {
        self.item = item
        self.score = score
    }
}

extension ItemRecommender {
    /// The best items for a user with their scores: larger score first, then lower index; fewer where the catalogue has no
    /// more.
    ///
    /// - Parameter excluded: items to leave out; commonly those the user has rated.
    public func rankedItems(user: Int?, count: Int, excluding excluded: some Sequence<Int32>) -> [RankedItem] {
        best(of: scores(user: user), count: count, excluding: excluded)
    }

    /// The best items for a user who is known by these ratings alone; the rated ones are left out.
    public func rankedItems(foldingIn ratings: UserRatings, count: Int) throws -> [RankedItem] {
        best(of: try scores(foldingIn: ratings), count: count, excluding: ratings.items)
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
