/// A range of rating counts, to group users by activity and items by popularity.
///
/// The edges are fixed, so that buckets are comparable across data sets.
public struct CountBucket: Sendable, Hashable, CustomStringConvertible {
    /// The lowest count.
    public let lowest: Int
    /// nil if unbounded.
    public let highest: Int?

    /// 0, 1-19, 20-49, 50-99, 100-199, 200-499 and 500+; the first bucket is cold.
    public static let all = [
        CountBucket(lowest: 0, highest: 0), CountBucket(lowest: 1, highest: 19), CountBucket(lowest: 20, highest: 49),
        CountBucket(lowest: 50, highest: 99), CountBucket(lowest: 100, highest: 199),
        CountBucket(lowest: 200, highest: 499), CountBucket(lowest: 500, highest: nil),
    ]

    public var description: String {
        guard let highest else { return "\(lowest)+" }
        return lowest == highest ? "\(lowest)" : "\(lowest)-\(highest)"
    }

    /// The index in `all` of the bucket of a rating count.
    static func place(of count: Int) -> Int {
        all.count { $0.lowest <= count } - 1
    }
}
