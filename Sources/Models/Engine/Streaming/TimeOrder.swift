import LinearAlgebra
public import Ratings

/// A rating with its place in time.
public struct TimedRating: Sendable, Equatable {
    /// The index of the user.
    public let user: Int
    /// The index of the item.
    public let item: Int
    /// The rating.
    public let value: Float
    /// Seconds since 1970, or 0 if the source has no timestamps.
    public let time: Int64
}

extension RatingMatrix {
    /// The ratings in the order of time, ties by user and then item; without timestamps by user and item.
    ///
    /// - Complexity: O(ratings · log ratings).
    public func inOrderOfTime() -> [TimedRating] {
        let rows = (0..<users.count).flatMap { user in
            byUser.entries(ofRow: user).map { entry in
                TimedRating(
                    user: user, item: Int(byUser.columnIndices[entry]), value: byUser.values[entry],
                    time: timestamps?[entry] ?? 0)
            }
        }
        // Swift's sort is stable in fact and not by promise.
        return rows.sorted { ($0.time, $0.user, $0.item) < ($1.time, $1.user, $1.item) }
    }
}
