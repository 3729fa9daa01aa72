extension SparseMatrix {
    /// The transposed matrix, its rows again in ascending order.
    ///
    /// - Complexity: O(rows + columns + entries) time; the result and one offset a column in memory.
    @inlinable
    public func transposed() -> SparseMatrix {
        var offsets = [Int](repeating: 0, count: columns + 1)
        for column in columnIndices { offsets[Int(column) + 1] += 1 }
        for column in 0..<columns { offsets[column + 1] += offsets[column] }
        var next = offsets
        var indices = [Int32](repeating: 0, count: count)
        var moved = [Element](repeating: 0, count: count)
        for row in 0..<rows {
            for entry in entries(ofRow: row) {
                let column = Int(columnIndices[entry])
                indices[next[column]] = Int32(row)
                moved[next[column]] = values[entry]
                next[column] += 1
            }
        }
        return SparseMatrix(
            columns: rows, rowOffsets: offsets, columnIndices: indices, values: moved)
    }
}
