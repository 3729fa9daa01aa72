/// The overlap of two ranked lists.
///
/// The worked numbers compare the list 0, 1, 2 with the list 1. Two empty lists are equal; an empty and a non-empty
/// list are disjoint.
public struct ListOverlap: Sendable, Equatable {
    /// Jaccard similarity: items in both lists over items in either, in 0…1, regardless of place: 1/3 ≈ 0.333333.
    public let jaccard: Double
    /// Rank-biased overlap, extrapolated, in 0…1: 0.315 at p = 0.9.
    ///
    /// RBO_ext = (1 − p)/p · (Σ_{d ≤ l} X_d/d·p^d + Σ_{s < d ≤ l} X_s·(d − s)/(s·d)·p^d) + ((X_l − X_s)/l + X_s/s)·p^l,
    /// where s and l are the lengths of the shorter and the longer list, and X_d is the number of common items among
    /// the first d places of each, or among all s of the shorter. Top places weigh most; agreement is extrapolated
    /// beyond the end of the shorter list, and of both beyond the longer. For the example (0.1/0.9)·(0.9²/2 + 0.9³/3) +
    /// 0.9³/3 = 0.315. Webber, Moffat & Zobel 2010, equation 32, doi:10.1145/1852102.1852106.
    public let rankBiasedOverlap: Double

    /// - Parameters:
    ///   - first: item indices, best first, without repeats.
    ///   - second: likewise, of any length.
    ///   - persistence: p, above 0 and below 1: the probability that a reader continues to the next place. The default
    ///     is 0.9, which gives the first 10 places 86 % of the weight.
    /// - Complexity: O(places) time and memory.
    public init(_ first: [Int], _ second: [Int], persistence: Double = 0.9) {
        precondition(persistence > 0 && persistence < 1, "a persistence above 0 and below 1")
        let shared = Self.sharedCounts(first, second)
        let both = shared.last ?? 0
        let either = Double(first.count + second.count) - both
        jaccard = either > 0 ? both / either : 1
        rankBiasedOverlap =
            either > 0 ? Self.extrapolated(shared, shorter: min(first.count, second.count), persistence) : 1
    }

    /// X_1, …, X_l.
    private static func sharedCounts(_ first: [Int], _ second: [Int]) -> [Double] {
        var seenFirst: Set<Int> = []
        var seenSecond: Set<Int> = []
        var shared = 0.0
        return (0..<max(first.count, second.count)).map { place in
            if place < first.count {
                precondition(seenFirst.insert(first[place]).inserted, "an item occurs twice in a list")
                if seenSecond.contains(first[place]) { shared += 1 }
            }
            // The second list checks after the first is updated, so an item at the same place in both counts once.
            if place < second.count {
                precondition(seenSecond.insert(second[place]).inserted, "an item occurs twice in a list")
                if seenFirst.contains(second[place]) { shared += 1 }
            }
            return shared
        }
    }

    private static func extrapolated(_ shared: [Double], shorter: Int, _ persistence: Double) -> Double {
        // X_s / s; 0 for an empty list.
        let agreement = shorter > 0 ? shared[shorter - 1] / Double(shorter) : 0
        var sum = 0.0
        var last = 0.0
        var weight = 1.0
        for (depth, count) in zip(1..., shared) {
            weight *= persistence
            last = (count + agreement * Double(max(0, depth - shorter))) / Double(depth)
            sum += last * weight
        }
        return (1 - persistence) / persistence * sum + last * weight
    }
}
