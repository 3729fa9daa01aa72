extension SparseMatrix {
    /// The columns of another matrix of as many rows behind the own ones: (A B).
    public func beside(_ other: SparseMatrix) -> SparseMatrix {
        precondition(rows == other.rows, "as many rows")
        var (indices, values): ([Int32], [Element]) = ([], [])
        for row in 0..<rows {
            let (own, others) = (entries(ofRow: row), other.entries(ofRow: row))
            indices += columnIndices[own]
            indices += other.columnIndices[others].map { $0 + Int32(columns) }
            values += self.values[own]
            values += other.values[others]
        }
        return SparseMatrix(
            columns: columns + other.columns, rowOffsets: zip(rowOffsets, other.rowOffsets).map { $0 + $1 },
            columnIndices: indices, values: values)
    }

    /// The rows of another matrix under the own ones; the narrower of the two has zeros to the right.
    public func above(_ other: SparseMatrix) -> SparseMatrix {
        SparseMatrix(
            columns: max(columns, other.columns),
            rowOffsets: rowOffsets + other.rowOffsets.dropFirst().map { count + $0 },
            columnIndices: columnIndices + other.columnIndices, values: values + other.values)
    }
}
