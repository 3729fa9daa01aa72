/// What a model recommends to one test user.
public struct RankedList: Sendable, Equatable {
    /// Item indices of the training vocabulary, best place first.
    public let items: [Int]
    /// Whether the item at each place is relevant.
    public let relevance: [Bool]
    /// The number of relevant items, in the list or not.
    public let relevantCount: Int

    public init(items: [Int], relevance: [Bool], relevantCount: Int) {
        precondition(items.count == relevance.count, "a relevance for every place")
        self.items = items
        self.relevance = relevance
        self.relevantCount = relevantCount
    }

    /// nDCG of the first k places, or nil without a relevant item.
    public func ndcg(_ cutoff: Int) -> Double? {
        relevantCount > 0 ? ListMetrics(self, cutoff).ndcg : nil
    }
}
