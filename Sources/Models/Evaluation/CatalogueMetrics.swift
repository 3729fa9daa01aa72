import LinearAlgebra
public import Ratings
import RealModule

/// What lists recommend, whether or not it is liked: how much of the catalogue, how evenly, how little known, how varied.
///
/// The catalogue is the vocabulary of the training ratings; items without a rating belong to it.
/// The worked numbers are of the lists 0 1, 0 2, 0 and none at k = 2, for four users and five items; in training all four
/// rated item 0, the first two item 1 and the first item 2, always by the same rating.
public struct CatalogueMetrics: Sendable, Equatable {
    /// k, the number of places that count.
    public let cutoff: Int
    /// The share of the catalogue that is recommended to anybody: 3/5 = 0.6.
    /// Ge, Delgado-Battenfeld & Jannach 2010, doi:10.1145/1864708.1864761.
    public let coverage: Double
    /// The Gini coefficient of how often each item of the catalogue is recommended: 0 where all are equally often, near 1
    /// where one item takes all places; 0 without recommendations.
    ///
    /// Σ_i (2i − m − 1)·c₍ᵢ₎ / (m·Σ c), the m counts ascending and i from 1, so at most 1 − 1/m. Counts 0, 0, 1, 1, 3:
    /// 14/25 = 0.56. Fleder & Hosanagar 2009, doi:10.1287/mnsc.1080.0974.
    public let gini: Double
    /// The mean of −log₂(n_i / users) over all places of all lists, n_i the training ratings of the item there, in bits: what
    /// everybody has rated is worth 0. An item without training ratings counts as one with a single rating.
    /// (3·0 + 1 + 2)/5 = 0.6. Zhou et al. 2010, doi:10.1073/pnas.1000488107.
    public let novelty: Double
    /// The mean of 1 − mean pairwise cosine of the items in a list, over the lists of two items or more, in 0…1 for ratings
    /// that are not negative; 0 without such a list. The cosine is of the items' columns of training ratings, with norms
    /// over all of them, and 0 with an item that has none. 1 − (1/√2 + 1/2)/2 ≈ 0.396447.
    /// Ziegler et al. 2005, section 3.3, doi:10.1145/1060745.1060754.
    public let diversity: Double

    /// - Parameters:
    ///   - lists: for each user the item indices, best place first; none repeats within a list.
    ///   - cutoff: k; only the first k places of each list count.
    ///   - threads: the metrics do not depend on it.
    /// - Complexity: O(ratings + places · k · log users) time, and a pass over an item's ratings for each distinct pair in lists.
    public init(lists: [[Int]], cutoff: Int, train: RatingMatrix, threads: Int = 1) {
        precondition(cutoff > 0, "at least one place")
        let top = lists.map { $0.prefix(cutoff) }
        var counts = [Int](repeating: 0, count: train.items.count)
        for list in top {
            precondition(Set(list).count == list.count, "an item at one place of a list only")
            for item in list { counts[item] += 1 }
        }
        self.cutoff = cutoff
        coverage = counts.isEmpty ? 0 : Double(counts.count { $0 > 0 }) / Double(counts.count)
        gini = Self.gini(counts)
        novelty = Self.novelty(counts, ratingCounts: train.itemCounts, userCount: train.users.count)
        diversity = ItemCosines(train).diversity(of: top, threads: threads)
    }

    private static func gini(_ counts: [Int]) -> Double {
        let total = counts.reduce(0, +)
        guard total > 0 else { return 0 }
        let weighted = zip(1..., counts.sorted()).reduce(0) { $0 + (2 * $1.0 - counts.count - 1) * $1.1 }
        return Double(weighted) / (Double(counts.count) * Double(total))
    }

    private static func novelty(_ counts: [Int], ratingCounts: [Int], userCount: Int) -> Double {
        let total = counts.reduce(0, +)
        guard total > 0 else { return 0 }
        // An item at n places adds n times its information, so the sum need not visit the places.
        let information = zip(counts, ratingCounts).reduce(0) {
            $0 + Double($1.0) * Double.log2(Double(userCount) / Double(max(1, $1.1)))
        }
        return information / Double(total)
    }
}
