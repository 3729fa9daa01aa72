import LinearAlgebra

extension MutableRatings {
    /// Ratings as a matrix, with the numbers of its rows and columns.
    public struct Numbered: Sendable {
        /// Present users and items in sorted order, without timestamps: the matrix of a batch run on the same ratings.
        public let matrix: RatingMatrix
        /// The number of the user of each row.
        public let userNumbers: [Int32]
        /// The number of the item of each column.
        public let itemNumbers: [Int32]
    }

    /// The ratings as a matrix.
    ///
    /// - Precondition: `settle()` was called since the last change.
    /// - Complexity: O(ratings + users · log users + items · log items).
    public func matrix() -> Numbered {
        let (userNumbers, itemNumbers) = (users.presentNumbers, items.presentNumbers)
        var columns = [Int32](repeating: -1, count: items.count)
        for (column, number) in itemNumbers.enumerated() { columns[Int(number)] = Int32(column) }
        var (offsets, columnIndices, values): ([Int], [Int32], [Float]) = ([0], [], [])
        offsets.reserveCapacity(userNumbers.count + 1)
        columnIndices.reserveCapacity(count)
        values.reserveCapacity(count)
        for user in userNumbers {
            for entry in self.items(of: Int(user)) {
                columnIndices.append(columns[Int(entry.number)])
                values.append(entry.value)
            }
            offsets.append(values.count)
        }
        let byUser = SparseMatrix(
            columns: itemNumbers.count, rowOffsets: offsets, columnIndices: columnIndices, values: values)
        return Numbered(
            matrix: RatingMatrix(users: users.vocabulary, items: items.vocabulary, byUser: byUser),
            userNumbers: userNumbers, itemNumbers: itemNumbers)
    }
}
