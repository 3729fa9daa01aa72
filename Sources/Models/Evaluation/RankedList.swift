/// A model's recommendations for one test user.
public struct RankedList: Sendable, Equatable {
    /// Item indices of the training vocabulary, best first.
    public let items: [Int]
    /// Whether the item at each place is relevant.
    public let relevance: [Bool]
    /// The number of relevant items, in the list or not.
    public let relevantCount: Int

    /// Creates a list.
    public init(items: [Int], relevance: [Bool], relevantCount: Int) {
        precondition(items.count == relevance.count, "one relevance per place")
        self.items = items
        self.relevance = relevance
        self.relevantCount = relevantCount
    }

    /// nDCG of the first k places, or nil without relevant items.
    public func ndcg(_ cutoff: Int) -> Double? {
        relevantCount > 0 ? ListMetrics(self, cutoff).ndcg : nil
    }
}
