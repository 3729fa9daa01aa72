import RealModule

/// Ranking metrics of the first k places, averaged over users; relevance is binary.
///
/// The worked numbers are for one list at k = 3 with places relevant, not, relevant, for a user with 3 relevant items.
public struct RankingMetrics: Sendable, Equatable {
    /// k, the number of leading places that count.
    public let cutoff: Int
    /// Users with relevant items, over whom means are taken.
    public let userCount: Int
    /// Users without relevant items, excluded from means.
    public let skippedUserCount: Int
    /// Σ_p rel_p / log₂(p + 1), divided by that of the ideal list: 1.5 / 2.130930 ≈ 0.703918. Järvelin & Kekäläinen
    /// 2002, doi:10.1145/582415.582418.
    public let ndcg: Double
    /// The share of relevant items in the list: 2/3 ≈ 0.666667.
    public let recall: Double
    /// The share of relevant places: 2/3 ≈ 0.666667.
    public let precision: Double
    /// The mean of the precisions at the relevant places, over min(k, relevant items): (1 + 2/3)/3 ≈ 0.555556.
    public let map: Double
    /// The reciprocal of the first relevant place, 0 without one: 1.
    public let mrr: Double
    /// The share of users with a relevant item in the list: 1.
    public let hitRate: Double

    /// Computes the metrics of lists at a cut-off k ≥ 1.
    public init(_ lists: [RankedList], cutoff: Int) {
        precondition(cutoff > 0, "at least one place")
        let users = lists.filter { $0.relevantCount > 0 }.map { ListMetrics($0, cutoff) }
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

/// The metrics of one list of a user with relevant items.
struct ListMetrics {
    var ndcg = 0.0
    var recall = 0.0
    var precision = 0.0
    var averagePrecision = 0.0
    var reciprocalRank = 0.0
    var hit = 0.0

    init(_ list: RankedList, _ cutoff: Int) {
        var gain = 0.0
        var found = 0
        for (place, isRelevant) in zip(1..., list.relevance.prefix(cutoff)) where isRelevant {
            found += 1
            gain += 1 / Double.log2(Double(place + 1))
            averagePrecision += Double(found) / Double(place)
            if found == 1 { reciprocalRank = 1 / Double(place) }
        }
        let best = min(cutoff, list.relevantCount)
        ndcg = gain / (1...best).reduce(0) { $0 + 1 / Double.log2(Double($1 + 1)) }
        recall = Double(found) / Double(list.relevantCount)
        precision = Double(found) / Double(cutoff)
        averagePrecision /= Double(best)
        hit = found > 0 ? 1 : 0
    }
}
