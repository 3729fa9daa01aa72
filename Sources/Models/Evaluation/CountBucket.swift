/// A range of numbers of ratings, to tell users by activity and items by popularity.
///
/// The edges are fixed, so that buckets of different data mean the same.
public struct CountBucket: Sendable, Hashable, CustomStringConvertible {
    public let lowest: Int
    /// nil where there is no end.
    public let highest: Int?

    /// 0, 1-19, 20-49, 50-99, 100-199, 200-499 and 500+; those in the first are cold.
    public static let all = [
        CountBucket(lowest: 0, highest: 0), CountBucket(lowest: 1, highest: 19), CountBucket(lowest: 20, highest: 49),
        CountBucket(lowest: 50, highest: 99), CountBucket(lowest: 100, highest: 199),
        CountBucket(lowest: 200, highest: 499), CountBucket(lowest: 500, highest: nil),
    ]

    public var description: String {
        guard let highest else { return "\(lowest)+" }
        return lowest == highest ? "\(lowest)" : "\(lowest)-\(highest)"
    }

    /// The place in `all` of the bucket that a number of ratings, 0 or more, falls into.
    static func place(of count: Int) -> Int {
        all.count { $0.lowest <= count } - 1
    }
}
