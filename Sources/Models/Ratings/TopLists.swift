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
        topLists(of: Array(0..<ratings.users.count), count: count, threads: threads, progress: progress) { user in
            ratings.byUser.columnIndices[ratings.byUser.entries(ofRow: user)]
        }
    }

    /// The best items of some users, equal to `rankedItems` one by one. Empty lists where the run is cancelled
    /// (`Cancellation`).
    ///
    /// - Parameters:
    ///   - users: in any order, also several times.
    ///   - count: the maximum length of a list.
    ///   - threads: the lists do not depend on it.
    ///   - progress: called with the share done, from any thread.
    ///   - excluded: the items to leave out of the list at a place.
    /// - Complexity: that of `topLists(for:)`.
    public func topLists(
        of users: [Int], count: Int, threads: Int = 1, progress: @Sendable (Double) -> Void = { _ in },
        excluding excluded: @Sendable (_ place: Int) -> ArraySlice<Int32>
    ) -> [[RankedItem]] {
        precondition(count > 0, "at least one item per list")
        let search = (self as? any FactorRecommender).map(FactorSearch.init)
        let blocks = Parallel.ranges(users.count, of: 512)
        let done = Atomic(0)
        let cancellation = Cancellation.current
        let lists = Parallel.map(blocks.count, threads: threads) { index -> [[RankedItem]] in
            let block = blocks[index]
            if cancellation.isRequested { return block.map { _ in [] } }
            let lists =
                search?.lists(of: users[block], excluding: block.map(excluded), count: count)
                ?? block.map { rankedItems(user: users[$0], count: count, excluding: excluded($0)) }
            progress(Double(done.add(block.count, ordering: .relaxed).newValue) / Double(users.count))
            return lists
        }
        return lists.flatMap { $0 }
    }
}
