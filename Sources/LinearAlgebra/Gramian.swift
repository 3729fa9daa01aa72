internal import COpenBLAS

extension DenseMatrix where Element == Float {
    /// Adds pᵀ·p to the lower triangle of this square matrix.
    ///
    /// - Parameter panel: p, shape (k, order).
    public mutating func addGramian(of panel: DenseMatrix<Float>) {
        precondition(rows == columns && panel.columns == columns, "shapes of a Gramian")
        unsafe cblas_ssyrk(
            CblasRowMajor, CblasLower, CblasTrans, Int32(columns), Int32(panel.rows),
            1, panel.elements, Int32(columns), 1, &elements, Int32(columns))
    }

    /// Adds this matrix, transposed, times a vector: `y ← y + selfᵀ·x`.
    ///
    /// - Parameters:
    ///   - x: one element for each row.
    ///   - y: one element for each column.
    public func addTransposed(times x: [Float], to y: inout [Float]) {
        precondition(x.count >= rows && y.count >= columns, "shapes of a product")
        unsafe cblas_sgemv(
            CblasRowMajor, CblasTrans, Int32(rows), Int32(columns),
            1, elements, Int32(columns), x, 1, 1, &y, 1)
    }
}
