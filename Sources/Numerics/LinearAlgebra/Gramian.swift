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

    /// The full XᵀX of this matrix X, shape (columns, columns).
    ///
    /// Threads share blocks of 4,096 rows, whose products are added in order.
    ///
    /// - Complexity: O(rows · columns²) at BLAS speed; columns² numbers per block.
    public func gramian(threads: Int) -> DenseMatrix<Float> {
        let blockRows = 4_096
        let blocks = Parallel.map((rows + blockRows - 1) / blockRows, threads: threads) { block in
            let first = block * blockRows
            var product = DenseMatrix<Float>(rows: columns, columns: columns)
            unsafe elements.withUnsafeBufferPointer { elements in
                unsafe cblas_ssyrk(
                    CblasRowMajor, CblasLower, CblasTrans, Int32(columns), Int32(min(blockRows, rows - first)),
                    1, elements.baseAddress.map { unsafe $0 + first * columns }, Int32(columns), 0, &product.elements,
                    Int32(columns))
            }
            return product
        }
        var gramian = DenseMatrix<Float>(rows: columns, columns: columns)
        for block in blocks { gramian.add(block, times: 1) }
        for row in 0..<columns {
            for column in 0..<row { gramian[column, row] = gramian[row, column] }
        }
        return gramian
    }

    /// The lower triangle of XᵀX for a sparse X, shape (columns, columns), from dense panels of rows.
    ///
    /// - Complexity: O(rows · columns²) at BLAS speed; columns² numbers and a panel of 512 rows in memory.
    public init(gramianOfColumns sparse: SparseMatrix<Float>) {
        self.init(rows: sparse.columns, columns: sparse.columns)
        let panelRows = 512
        for start in stride(from: 0, to: sparse.rows, by: panelRows) {
            var panel = DenseMatrix<Float>(rows: min(panelRows, sparse.rows - start), columns: sparse.columns)
            for row in 0..<panel.rows {
                for entry in sparse.entries(ofRow: start + row) {
                    panel[row, Int(sparse.columnIndices[entry])] = sparse.values[entry]
                }
            }
            addGramian(of: panel)
        }
    }

    /// Adds the transposed matrix times a vector: `y ← y + selfᵀ·x`.
    ///
    /// - Parameters:
    ///   - x: one element per row.
    ///   - y: one element per column.
    public func addTransposed(times x: [Float], to y: inout [Float]) {
        precondition(x.count >= rows && y.count >= columns, "shapes of a product")
        unsafe cblas_sgemv(
            CblasRowMajor, CblasTrans, Int32(rows), Int32(columns),
            1, elements, Int32(columns), x, 1, 1, &y, 1)
    }

    /// Copies a row of another matrix with equally many columns into a row of this one, times `factor`.
    public mutating func copyRow(_ source: Int, of other: DenseMatrix<Float>, to row: Int, times factor: Float) {
        precondition(other.columns == columns && source < other.rows && row < rows, "shapes of a copy")
        let (from, to) = (source * columns, row * columns)
        let length = columns
        unsafe elements.withUnsafeMutableBufferPointer { target in
            unsafe other.elements.withUnsafeBufferPointer { origin in
                for column in 0..<length {
                    unsafe target[to + column] = factor * origin[from + column]
                }
            }
        }
    }

    /// `self ← self + factor·other`.
    public mutating func add(_ other: DenseMatrix<Float>, times factor: Float) {
        precondition(other.rows == rows && other.columns == columns, "shapes of a sum")
        for index in 0..<rows * columns { elements[index] += factor * other.elements[index] }
    }
}
