import RealModule

/// ADWIN: a window over a stream of numbers that grows while their mean stays and loses its older part when it changes.
///
/// The window is an exponential histogram: at most five buckets each of 1, 2, 4, … numbers, of which the two oldest of a
/// size merge when a sixth comes. After each number every border between buckets is a possible cut into an older part of
/// n₀ and a newer one of n₁ numbers. While some cut has |μ₀ − μ₁| > ε, the oldest bucket is dropped:
///
/// ε = √(2/m · σ² · ln(2/δ′)) + 2/(3m) · ln(2/δ′), with 1/m = 1/n₀ + 1/n₁, σ² the variance of the window, and δ′ = δ/ln n.
///
/// For halves of 500 numbers with σ² = 0.25 and δ = 0.002: m = 250, δ′ = 0.002/ln 1000, ln(2/δ′) ≈ 8.840401 and
/// ε ≈ 0.156544.
///
/// - Complexity: O(log n) time per number and O(log n) memory for a window of n numbers.
///
/// Source: Bifet & Gavaldà 2007, doi:10.1137/1.9781611972771.42, sections 3 and 4 (ADWIN2, with the bound of section 3.1 for
/// normal means).
public struct AdaptiveWindow: Sendable {
    /// The usual confidence: 0.002.
    public static let usualDelta = 0.002
    /// δ in 0…1: the probability of a cut in a stream whose mean does not change.
    public let delta: Double
    /// The most buckets of one size.
    static let bucketLimit = 5

    /// Numbers that are summed together.
    private struct Bucket {
        var count = 0.0
        var sum = 0.0
        /// Σ (x − mean)².
        var spread = 0.0

        func merged(with other: Bucket) -> Bucket {
            guard count > 0, other.count > 0 else { return count > 0 ? self : other }
            let gap = sum / count - other.sum / other.count
            let whole = count + other.count
            return Bucket(
                count: whole, sum: sum + other.sum,
                spread: spread + other.spread + count * other.count / whole * gap * gap)
        }
    }

    /// Newest first, with sizes that ascend.
    private var buckets: [Bucket] = []

    /// - Parameter delta: in 0…1.
    public init(delta: Double = usualDelta) {
        precondition(delta > 0 && delta < 1, "delta in 0…1")
        self.delta = delta
    }

    /// The number of numbers in the window.
    public var count: Int { Int(whole.count) }
    /// The mean of the window; 0 if it is empty.
    public var mean: Double { buckets.isEmpty ? 0 : whole.sum / whole.count }
    /// The variance of the window, Σ (x − mean)² / n; 0 if it is empty.
    public var variance: Double { buckets.isEmpty ? 0 : whole.spread / whole.count }

    private var whole: Bucket { buckets.reduce(Bucket()) { $0.merged(with: $1) } }

    /// Adds a number.
    ///
    /// - Parameter value: in 0…1, which the bound rests on.
    /// - Returns: whether the mean has changed, and the window lost its older part.
    public mutating func add(_ value: Double) -> Bool {
        buckets.insert(Bucket(count: 1, sum: value), at: 0)
        compress()
        var isCut = false
        while hasChange {
            buckets.removeLast()
            isCut = true
        }
        return isCut
    }

    /// Merges the two oldest of a size where there are too many.
    private mutating func compress() {
        var first = 0
        while first < buckets.count {
            let size = buckets[first].count
            let end = buckets[first...].firstIndex { $0.count != size } ?? buckets.count
            guard end - first > Self.bucketLimit else { return }
            buckets[end - 2] = buckets[end - 1].merged(with: buckets[end - 2])
            buckets.remove(at: end - 1)
            first = end - 2
        }
    }

    /// Whether some cut of the window has parts whose means differ by more than chance explains.
    private var hasChange: Bool {
        let whole = whole
        var older = Bucket()
        for bucket in buckets.dropFirst().reversed() {
            older.count += bucket.count
            older.sum += bucket.sum
            let newerCount = whole.count - older.count
            let gap = abs(older.sum / older.count - (whole.sum - older.sum) / newerCount)
            let limit = Self.limit(
                older.count, newerCount, variance: whole.spread / whole.count, delta: delta)
            if gap > limit { return true }
        }
        return false
    }

    /// ε: what the means of two parts of a window may differ by without a change.
    package static func limit(_ older: Double, _ newer: Double, variance: Double, delta: Double) -> Double {
        let inverse = 1 / older + 1 / newer
        let logarithm = Double.log(2 * .log(older + newer) / delta)
        return (2 * inverse * variance * logarithm).squareRoot() + 2 / 3 * inverse * logarithm
    }
}
