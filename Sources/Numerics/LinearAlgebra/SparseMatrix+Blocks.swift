extension SparseMatrix {
    /// Horizontal concatenation with a matrix of equally many rows: (A B).
    public func beside(_ other: SparseMatrix) -> SparseMatrix {
        precondition(rows == other.rows, "equal numbers of rows")
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

    /// Vertical concatenation; the narrower matrix is padded with zeros on the right.
    public func above(_ other: SparseMatrix) -> SparseMatrix {
        SparseMatrix(
            columns: max(columns, other.columns),
            rowOffsets: rowOffsets + other.rowOffsets.dropFirst().map { count + $0 },
            columnIndices: columnIndices + other.columnIndices, values: values + other.values)
    }
}
