/// The overlap of two models' lists, over all users of all folds.
public struct ModelOverlap: Sendable, Equatable {
    /// The name of the first model.
    public let first: String
    /// The name of the second model.
    public let second: String
    /// k, the number of leading places compared.
    public let cutoff: Int
    /// The number of users compared.
    public let userCount: Int
    /// The mean over users, like `rankBiasedOverlap`; see `ListOverlap`.
    public let jaccard: Double
    /// The mean rank-biased overlap over users.
    public let rankBiasedOverlap: Double
    /// The number of users whose two lists share 0, 1, …, k items.
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
