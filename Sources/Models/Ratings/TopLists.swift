import LinearAlgebra
import Synchronization

extension ItemRecommender {
    /// The best unrated items of every user, equal to `topItems` one by one.
    ///
    /// - Parameters:
    ///   - ratings: the ratings the model was fitted on.
    ///   - count: the maximum length of a list.
    ///   - threads: the lists do not depend on it.
    ///   - progress: called with the share done, from any thread.
    /// - Complexity: users · items products by GEMM for a `FactorRecommender`, else `scores` of each user.
    public func topLists(
        for ratings: RatingMatrix, count: Int, threads: Int = 1, progress: @Sendable (Double) -> Void = { _ in }
    ) -> [[RankedItem]] {
        precondition(count > 0, "at least one item per list")
        let blockSize = 512
        let users = 0..<ratings.users.count
        let search = (self as? any FactorRecommender).map(FactorSearch.init)
        let done = Atomic(0)
        let blocks = Parallel.map((users.count + blockSize - 1) / blockSize, threads: threads) { block in
            let block = users.dropFirst(block * blockSize).prefix(blockSize)
            let lists =
                search?.lists(of: block, ratings, count: count)
                ?? block.map { user in
                    let rated = ratings.byUser.columnIndices[ratings.byUser.entries(ofRow: user)]
                    return best(of: scores(user: user), count: count, excluding: rated)
                }
            progress(Double(done.add(block.count, ordering: .relaxed).newValue) / Double(users.count))
            return lists
        }
        return blocks.flatMap { $0 }
    }
}
