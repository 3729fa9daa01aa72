internal import CKernels

extension DenseMatrix where Element == Double {
    /// Adds Σ aᵀ·b over the rows a and b of two matrices, limited to as many leading columns as this square matrix has.
    ///
    /// Rows (1, 2, 9) and (3, 4, 9) add (3, 4; 6, 8) to a matrix of order 2.
    ///
    /// - Complexity: O(rows · order²).
    public mutating func addCross(_ a: DenseMatrix<Float>, _ b: DenseMatrix<Float>) {
        precondition(
            rows == columns && a.rows == b.rows && a.columns == b.columns && rows <= a.columns,
            "shapes of a cross product")
        unsafe kindred_add_cross(
            Int64(a.rows), Int64(a.columns), Int64(rows), a.elements, b.elements, &elements)
    }
}

extension DenseMatrix where Element == Float {
    /// Replaces the leading columns x of each row, as many as Q has rows, by x·Q, summed in `Double`.
    ///
    /// (3, 4, 9) and Q = (0, 1; −1, 0) give (−4, 3, 9).
    ///
    /// - Complexity: O(rows · order²).
    public mutating func rotate(_ rotation: DenseMatrix<Double>, threads: Int = 1) {
        precondition(rotation.rows == rotation.columns && rotation.rows <= columns, "shapes of a rotation")
        let (columns, rank) = (columns, rotation.rows)
        fillRows(
            Parallel.ranges(rows, of: 128), threads: threads,
            workspace: { DenseMatrix<Double>(rows: 1, columns: rank) }
        ) { range, elements, work in
            unsafe elements.withUnsafeMutableBufferPointer { elements in
                unsafe kindred_rotate(
                    Int64(range.count), Int64(columns), Int64(rank), elements.baseAddress, rotation.elements,
                    &work.elements)
            }
        }
    }
}
