import LinearAlgebra
import Synchronization

extension ItemRecommender {
    /// The best items of every user that they have not rated, the same as `topItems` gives one by one.
    ///
    /// - Parameters:
    ///   - ratings: those that the model was fitted on.
    ///   - count: how many items a list has at most.
    ///   - threads: the lists do not depend on it.
    ///   - progress: told the share done, from any thread.
    /// - Complexity: users · items products by GEMM where the model is a `FactorRecommender`, else `scores` of each user.
    public func topLists(
        for ratings: RatingMatrix, count: Int, threads: Int = 1, progress: @Sendable (Double) -> Void = { _ in }
    ) -> [[RankedItem]] {
        precondition(count > 0, "at least one item for a list")
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
