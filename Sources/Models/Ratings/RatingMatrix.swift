public import LinearAlgebra

/// A rating matrix: rows are users, columns items, both in vocabulary order, with at most one rating per pair.
public struct RatingMatrix: Sendable {
    /// The IDs of the users, by row.
    public let users: Vocabulary
    /// The IDs of the items, by column.
    public let items: Vocabulary
    /// Shape (users, items).
    public let byUser: SparseMatrix<Float>
    /// Seconds since 1970 of each entry of `byUser`, or nil if the source has no timestamps.
    public let timestamps: [Int64]?

    /// The number of ratings.
    public var count: Int { byUser.count }

    /// Creates a matrix with a row per user and a column per item.
    public init(users: Vocabulary, items: Vocabulary, byUser: SparseMatrix<Float>, timestamps: [Int64]? = nil) {
        precondition(byUser.rows == users.count && byUser.columns == items.count, "matrix shape")
        precondition(timestamps.map { $0.count == byUser.count } ?? true, "one timestamp per rating or none")
        self.users = users
        self.items = items
        self.byUser = byUser
        self.timestamps = timestamps
    }

    /// The ratings of a user: ascending item indices, and values.
    public func ratings(ofUser user: Int) -> Zip2Sequence<ArraySlice<Int32>, ArraySlice<Float>> {
        let row = byUser.entries(ofRow: user)
        return zip(byUser.columnIndices[row], byUser.values[row])
    }

    /// A user's rating of an item, by binary search.
    public func rating(user: Int, item: Int) -> Float? {
        let row = byUser.entries(ofRow: user)
        var (low, high) = (row.lowerBound, row.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if byUser.columnIndices[middle] < Int32(item) { low = middle + 1 } else { high = middle }
        }
        return low < row.upperBound && byUser.columnIndices[low] == Int32(item) ? byUser.values[low] : nil
    }

    /// The mean of each user's ratings; 0 for users without ratings.
    public var userMeans: [Double] {
        (0..<users.count).map { user in
            let row = byUser.entries(ofRow: user)
            return row.isEmpty
                ? 0 : byUser.values[row].reduce(0) { $0 + Double($1) } / Double(row.count)
        }
    }

    /// The number of ratings of each item.
    public var itemCounts: [Int] {
        byUser.columnIndices.reduce(into: Array(repeating: 0, count: items.count)) {
            $0[Int($1)] += 1
        }
    }
}
