import LinearAlgebra
public import Ratings

/// Held-out liked items for testing rankings.
///
/// Candidates are all items of the training vocabulary that the user has not rated in training. Relevant items unseen
/// in training cannot be found but still count.
public struct TestRankings: Sendable {
    private let train: RatingMatrix
    /// The training index of each test user, nil if unseen.
    public let users: [Int?]
    /// The relevant items of each test user, nil if unseen in training.
    private let relevant: [[Int?]]

    /// - Parameter threshold: the minimum test rating of a relevant item.
    public init(_ test: RatingMatrix, train: RatingMatrix, threshold: Float) {
        self.train = train
        let itemIndex = (0..<test.items.count).map { train.items.index(of: test.items[$0]) }
        users = (0..<test.users.count).map { train.users.index(of: test.users[$0]) }
        relevant = (0..<test.users.count).map { user in
            test.ratings(ofUser: user).filter { $0.1 >= threshold }.map { itemIndex[Int($0.0)] }
        }
    }

    /// The number of test users without training ratings; models give them popular items.
    public var coldCount: Int {
        users.count { user in user.map { train.byUser.entries(ofRow: $0).isEmpty } ?? true }
    }

    /// The list of every test user. Empty lists where the run is cancelled (`Cancellation`).
    ///
    /// - Parameters:
    ///   - count: the length of each list; shorter if the catalogue ends.
    ///   - threads: the lists do not depend on it.
    public func lists(of model: some ItemRecommender, count: Int, threads: Int = 1) -> [RankedList] {
        let cancellation = Cancellation.current
        return Parallel.map(users.count, threads: threads) { place in
            if cancellation.isRequested { return RankedList(items: [], relevance: [], relevantCount: 0) }
            let user = users[place]
            let seen = user.map { train.byUser.columnIndices[train.byUser.entries(ofRow: $0)] } ?? []
            let wanted = Set(relevant[place].compactMap { $0 })
            let top = model.topItems(user: user, count: count, excluding: seen)
            return RankedList(
                items: top, relevance: top.map(wanted.contains), relevantCount: relevant[place].count)
        }
    }

    /// The metrics of a model at each cut-off.
    public func metrics(of model: some ItemRecommender, cutoffs: [Int], threads: Int = 1) -> [RankingMetrics] {
        let lists = lists(of: model, count: cutoffs.reduce(0, max), threads: threads)
        return cutoffs.map { RankingMetrics(lists, cutoff: $0) }
    }
}
