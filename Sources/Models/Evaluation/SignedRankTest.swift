import RealModule

/// The two-sided Wilcoxon signed-rank test: are paired differences symmetric around 0?
///
/// Non-zero differences are ranked by magnitude from 1, ties by mean rank; W₊ and W₋ are the rank sums of the positive
/// and the negative ones. Zeros are dropped, as by Wilcoxon rather than Pratt. Magnitudes tie if they are equal as
/// floating-point numbers: 0.3 − 0.2 and 0.2 − 0.1 do not.
///
/// The worked numbers are for Darwin's 15 pairs of maize plants, with height differences of 6, 8, 14, 16, 23, 24, 28,
/// 29, 41, −48, 49, 56, 60, −67 and 75 eighths of an inch. Wilcoxon 1945, doi:10.2307/3001968; ties and the normal
/// approximation as in Hollander, Wolfe & Chicken 2014, section 3.1, doi:10.1002/9781119196037.
public struct SignedRankTest: Sendable, Equatable {
    /// n, the number of non-zero differences: 15.
    public let count: Int
    /// min(W₊, W₋): 24.
    public let statistic: Double
    /// The probability of a statistic at most as large if both signs are equally likely, in 0…1: 0.041260; 1 without
    /// non-zero differences.
    ///
    /// Exact for n ≤ 50 without ties. Otherwise the normal approximation without continuity correction, with variance
    /// (n(n + 1)(2n + 1) − Σ (t³ − t)/2) / 24 over tie sizes t, which is rough for few differences with ties.
    public let pValue: Double
    /// The matched-pairs rank-biserial correlation (W₊ − W₋)/(W₊ + W₋), in −1…1: (96 − 24)/120 = 0.6; 0 without
    /// non-zero differences. Kerby 2014, doi:10.2466/11.IT.3.1.
    public let effectSize: Double

    /// Up to this count, enumeration of the 2ⁿ signs is exact and fast.
    private static let largestExactCount = 50

    /// - Parameter differences: finite, in any order.
    /// - Complexity: O(n log n) time, O(n) memory.
    public init(differences: [Double]) {
        precondition(differences.allSatisfy(\.isFinite), "differences have to be finite")
        let ordered = differences.filter { $0 != 0 }.sorted { abs($0) < abs($1) }
        let n = Double(ordered.count)
        let total = n * (n + 1) / 2
        var positive = 0.0
        var tieTerm = 0.0
        var start = 0
        while start < ordered.count {
            let end = ordered[start...].firstIndex { abs($0) > abs(ordered[start]) } ?? ordered.count
            let midRank = Double(start + 1 + end) / 2
            positive += midRank * Double(ordered[start..<end].count { $0 > 0 })
            let size = Double(end - start)
            tieTerm += size * size * size - size
            start = end
        }
        count = ordered.count
        statistic = min(positive, total - positive)
        effectSize = ordered.isEmpty ? 0 : (2 * positive - total) / total
        if ordered.isEmpty {
            pValue = 1
        } else if ordered.count <= Self.largestExactCount, tieTerm == 0 {
            pValue = Self.exactPValue(statistic: Int(statistic), count: ordered.count)
        } else {
            let variance = (n * (n + 1) * (2 * n + 1) - tieTerm / 2) / 24
            pValue = .erfc((total / 2 - statistic) / (2 * variance).squareRoot())
        }
    }

    /// Twice the share of the 2ⁿ sign assignments whose positive ranks add up to at most the statistic.
    private static func exactPValue(statistic: Int, count: Int) -> Double {
        // ways[w]: the number of subsets of the ranks so far with sum w; integers up to 2⁵⁰ are exact.
        var ways = [Double](repeating: 0, count: statistic + 1)
        ways[0] = 1
        for rank in 1...count where rank <= statistic {
            for sum in stride(from: statistic, through: rank, by: -1) { ways[sum] += ways[sum - rank] }
        }
        return min(1, 2 * ways.reduce(0, +) / .exp2(Double(count)))
    }
}
