import LinearAlgebra
public import Ratings
import RealModule

/// How good the first k places of ranked lists are, as means over users; an item is relevant or not.
///
/// The worked numbers are of one list at k = 3, its places relevant, not, relevant, for a user with 3 relevant items.
public struct RankingMetrics: Sendable, Equatable {
    /// k, the number of places that count.
    public let cutoff: Int
    /// Users with a relevant item: those the means are over.
    public let userCount: Int
    /// Users without one, who are in no mean.
    public let skippedUserCount: Int
    /// Σ_p rel_p / log₂(p + 1), divided by that of the best possible list: 1.5 / 2.130930 ≈ 0.703918.
    /// Järvelin & Kekäläinen 2002, doi:10.1145/582415.582418.
    public let ndcg: Double
    /// The share of the relevant items that are in the list: 2/3 ≈ 0.666667.
    public let recall: Double
    /// The share of the places that are relevant: 2/3 ≈ 0.666667.
    public let precision: Double
    /// The mean of the precisions at the relevant places, over min(k, relevant items): (1 + 2/3)/3 ≈ 0.555556.
    public let map: Double
    /// One over the first relevant place, 0 without one: 1.
    public let mrr: Double
    /// The share of users with a relevant item in the list: 1.
    public let hitRate: Double

    /// - Parameter lists: for each user the relevance of the places, best place first, and the number of relevant items.
    public init(lists: [(relevance: [Bool], relevantCount: Int)], cutoff: Int) {
        precondition(cutoff > 0, "at least one place")
        let counted = lists.filter { $0.relevantCount > 0 }
        let users = counted.map { ListMetrics($0.relevance.prefix(cutoff), $0.relevantCount, cutoff) }
        func mean(_ value: (ListMetrics) -> Double) -> Double {
            users.isEmpty ? 0 : users.reduce(0) { $0 + value($1) } / Double(users.count)
        }
        self.cutoff = cutoff
        userCount = users.count
        skippedUserCount = lists.count - users.count
        ndcg = mean(\.ndcg)
        recall = mean(\.recall)
        precision = mean(\.precision)
        map = mean(\.averagePrecision)
        mrr = mean(\.reciprocalRank)
        hitRate = mean(\.hit)
    }
}

/// The metrics of one user's list.
private struct ListMetrics {
    var ndcg = 0.0
    var recall = 0.0
    var precision = 0.0
    var averagePrecision = 0.0
    var reciprocalRank = 0.0
    var hit = 0.0

    init(_ relevance: ArraySlice<Bool>, _ relevantCount: Int, _ cutoff: Int) {
        var gain = 0.0
        var found = 0
        for (place, isRelevant) in zip(1..., relevance) where isRelevant {
            found += 1
            gain += 1 / Double.log2(Double(place + 1))
            averagePrecision += Double(found) / Double(place)
            if found == 1 { reciprocalRank = 1 / Double(place) }
        }
        let best = min(cutoff, relevantCount)
        ndcg = gain / (1...best).reduce(0) { $0 + 1 / Double.log2(Double($1 + 1)) }
        recall = Double(found) / Double(relevantCount)
        precision = Double(found) / Double(cutoff)
        averagePrecision /= Double(best)
        hit = found > 0 ? 1 : 0
    }
}

/// Held-out items that users like, to test rankings on.
///
/// Every item of the training vocabulary that the user has not rated in training is a candidate. A relevant item that
/// training does not know cannot be found and still counts.
public struct TestRankings: Sendable {
    private let train: RatingMatrix
    /// The user's index in training, nil where unseen there, and the relevant items, nil where unseen.
    private let users: [(index: Int?, relevant: [Int?])]

    /// - Parameter threshold: test ratings of at least this much are relevant.
    public init(_ test: RatingMatrix, train: RatingMatrix, threshold: Float) {
        self.train = train
        let itemIndex = (0..<test.items.count).map { train.items.index(of: test.items[$0]) }
        users = (0..<test.users.count).map { user in
            (
                train.users.index(of: test.users[user]),
                test.ratings(ofUser: user).filter { $0.1 >= threshold }.map { itemIndex[Int($0.0)] }
            )
        }
    }

    /// The metrics of a model at each cut-off.
    ///
    /// - Parameter threads: the metrics do not depend on it.
    public func metrics(of model: some ItemRecommender, cutoffs: [Int], threads: Int = 1) -> [RankingMetrics] {
        let longest = cutoffs.reduce(0, max)
        let lists = Parallel.map(users.count, threads: threads) { place -> (relevance: [Bool], relevantCount: Int) in
            let (user, relevant) = users[place]
            guard !relevant.isEmpty else { return ([], 0) }
            let seen = user.map { train.byUser.columnIndices[train.byUser.entries(ofRow: $0)] } ?? []
            let wanted = Set(relevant.compactMap { $0 })
            let top = model.topItems(user: user, count: longest, excluding: seen)
            return (top.map(wanted.contains), relevant.count)
        }
        return cutoffs.map { RankingMetrics(lists: lists, cutoff: $0) }
    }
}
