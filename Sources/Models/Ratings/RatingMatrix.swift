public import LinearAlgebra

/// Ratings: rows are users, columns items, both in the order of their vocabularies; at most one rating for each pair.
public struct RatingMatrix: Sendable {
    public let users: Vocabulary
    public let items: Vocabulary
    /// Shape (users, items).
    public let byUser: SparseMatrix<Float>
    /// Seconds since 1970 of each entry of `byUser`, or nil where the source has no times.
    public let timestamps: [Int64]?

    public var count: Int { byUser.count }

    public init(users: Vocabulary, items: Vocabulary, byUser: SparseMatrix<Float>, timestamps: [Int64]? = nil) {
        precondition(byUser.rows == users.count && byUser.columns == items.count, "matrix shape")
        precondition(timestamps.map { $0.count == byUser.count } ?? true, "a time for every rating or none")
        self.users = users
        self.items = items
        self.byUser = byUser
        self.timestamps = timestamps
    }

    /// The ratings of one user: item indices ascending, and values.
    public func ratings(ofUser user: Int) -> Zip2Sequence<ArraySlice<Int32>, ArraySlice<Float>> {
        let row = byUser.entries(ofRow: user)
        return zip(byUser.columnIndices[row], byUser.values[row])
    }

    /// What a user rated an item, by bisection.
    public func rating(user: Int, item: Int) -> Float? {
        let row = byUser.entries(ofRow: user)
        var (low, high) = (row.lowerBound, row.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if byUser.columnIndices[middle] < Int32(item) { low = middle + 1 } else { high = middle }
        }
        return low < row.upperBound && byUser.columnIndices[low] == Int32(item) ? byUser.values[low] : nil
    }

    /// The mean of each user's ratings; 0 for a user without any.
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
