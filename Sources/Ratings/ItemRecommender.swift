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

extension ItemRecommender {
    /// The best items for a user: larger score first, then lower index; fewer where the catalogue has no more.
    ///
    /// - Parameter excluded: items to leave out; commonly those the user has rated.
    public func topItems(user: Int?, count: Int, excluding excluded: some Sequence<Int32>) -> [Int] {
        best(of: scores(user: user), count: count, excluding: excluded)
    }

    /// The best items for a user who is known by these ratings alone; the rated ones are left out.
    public func topItems(foldingIn ratings: UserRatings, count: Int) throws -> [Int] {
        best(of: try scores(foldingIn: ratings), count: count, excluding: ratings.items)
    }
}

private func best(of scores: [Float], count: Int, excluding excluded: some Sequence<Int32>) -> [Int] {
    var isCandidate = [Bool](repeating: true, count: scores.count)
    for item in excluded { isCandidate[Int(item)] = false }
    let order = scores.indices.filter { isCandidate[$0] }.sorted { (scores[$1], $0) < (scores[$0], $1) }
    return Array(order.prefix(count))
}
