import LinearAlgebra
public import Ratings
import RealModule

/// Properties of recommendation lists regardless of relevance: coverage, evenness, novelty and diversity.
///
/// The catalogue is the vocabulary of the training ratings, including unrated items. The worked numbers are for the
/// lists 0 1, 0 2, 0 and none at k = 2, with four users and five items; in training all four rated item 0, the first
/// two item 1 and the first item 2, all with the same rating.
public struct CatalogueMetrics: Sendable, Equatable {
    /// k, the number of leading places that count.
    public let cutoff: Int
    /// The share of the catalogue recommended to any user: 3/5 = 0.6. Ge, Delgado-Battenfeld & Jannach 2010,
    /// doi:10.1145/1864708.1864761.
    public let coverage: Double
    /// The Gini coefficient of recommendation counts over the catalogue: 0 if all are equal, near 1 if one item takes
    /// all places; 0 without recommendations.
    ///
    /// Σ_i (2i − m − 1)·c₍ᵢ₎ / (m·Σ c), with the m counts ascending and i from 1; at most 1 − 1/m. Counts 0, 0, 1, 1,
    /// 3: 14/25 = 0.56. Fleder & Hosanagar 2009, doi:10.1287/mnsc.1080.0974.
    public let gini: Double
    /// The mean of −log₂(n_i / users) over all places of all lists, with n_i the training ratings of the item, in bits:
    /// an item rated by everybody has novelty 0. Unrated items count as having one rating. (3·0 + 1 + 2)/5 = 0.6. Zhou
    /// et al. 2010, doi:10.1073/pnas.1000488107.
    public let novelty: Double
    /// The mean of 1 − mean pairwise cosine of the items in a list, over lists of two or more items, in 0…1 for
    /// non-negative ratings; 0 without such a list. The cosine compares the items' columns of training ratings, with
    /// norms over all of them, and is 0 for unrated items. 1 − (1/√2 + 1/2)/2 ≈ 0.396447. Ziegler et al. 2005, section
    /// 3.3, doi:10.1145/1060745.1060754.
    public let diversity: Double

    /// - Parameters:
    ///   - lists: the item indices per user, best first, without repeats.
    ///   - cutoff: k; only the first k places of each list count.
    ///   - threads: the metrics do not depend on it.
    /// - Complexity: O(ratings + places · k · log users) time, plus a pass over an item's ratings per distinct pair in
    ///   lists.
    public init(lists: [[Int]], cutoff: Int, train: RatingMatrix, threads: Int = 1) {
        precondition(cutoff > 0, "at least one place")
        let top = lists.map { $0.prefix(cutoff) }
        var counts = [Int](repeating: 0, count: train.items.count)
        for list in top {
            precondition(Set(list).count == list.count, "an item occurs twice in a list")
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
        // An item at n places adds n times its information, so there is no need to visit places.
        let information = zip(counts, ratingCounts).reduce(0) {
            $0 + Double($1.0) * Double.log2(Double(userCount) / Double(max(1, $1.1)))
        }
        return information / Double(total)
    }
}
