/// How much the lists of two models have in common, over all users of all folds.
public struct ModelOverlap: Sendable, Equatable {
    public let first: String
    public let second: String
    /// k, the places of each list that were compared.
    public let cutoff: Int
    public let userCount: Int
    /// The mean over users, as `rankBiasedOverlap`; see `ListOverlap`.
    public let jaccard: Double
    public let rankBiasedOverlap: Double
    /// How many users share 0, 1, …, k items between their two lists.
    public let sharedCounts: [Int]

    /// - Parameter lists: the lists of both models for the same users.
    public init(first: String, second: String, cutoff: Int, lists: [(first: [Int], second: [Int])]) {
        let pairs = lists.map { (Array($0.first.prefix(cutoff)), Array($0.second.prefix(cutoff))) }
        let overlaps = pairs.map { ListOverlap($0.0, $0.1) }
        var shared = [Int](repeating: 0, count: cutoff + 1)
        for (one, other) in pairs { shared[Set(one).intersection(other).count] += 1 }
        let count = Double(max(1, overlaps.count))
        self.first = first
        self.second = second
        self.cutoff = cutoff
        userCount = overlaps.count
        jaccard = overlaps.reduce(0) { $0 + $1.jaccard } / count
        rankBiasedOverlap = overlaps.reduce(0) { $0 + $1.rankBiasedOverlap } / count
        sharedCounts = shared
    }
}
