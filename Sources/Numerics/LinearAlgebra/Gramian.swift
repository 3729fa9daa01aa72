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

    /// The full XᵀX of this matrix X, shape (columns, columns), summed by ranges of 4,096 rows.
    ///
    /// - Complexity: O(rows · columns²) at BLAS speed; columns² numbers per range, of 64 at a time.
    public func gramian(threads: Int) -> DenseMatrix<Float> {
        gramian(of: Parallel.ranges(rows, of: 4_096), threads: threads)
    }

    /// The full XᵀX of the rows X of some ranges, shape (columns, columns): `gramians` of the ranges, added in order to
    /// a matrix of zeros.
    ///
    /// Rows (1, 2), (3, 4) and (0, 1) in two ranges, 0..<2 and 2..<3, give (10, 14; 14, 20) + (0, 0; 0, 1) =
    /// (10, 14; 14, 21).
    ///
    /// - Complexity: O(rows · columns²) at BLAS speed; columns² numbers per range, of 64 at a time.
    public func gramian(of ranges: [Range<Int>], threads: Int) -> DenseMatrix<Float> {
        var gramian = DenseMatrix<Float>(rows: columns, columns: columns)
        let together = max(1, min(64, ranges.count))
        var products = DenseMatrix<Float>(rows: together * columns, columns: columns)
        let places = Parallel.ranges(products.rows, of: columns)
        for group in Parallel.ranges(ranges.count, of: together) {
            products.fillRows(Array(places.prefix(group.count)), threads: threads, workspace: {}) { place, product, _ in
                writeLowerGramian(of: ranges[group.lowerBound + place.lowerBound / columns], to: &product)
            }
            for place in places.prefix(group.count) { gramian.addRows(place, of: products) }
        }
        gramian.mirrorLower()
        return gramian
    }

    /// The full XᵀX of the rows X of each range, shape (columns, columns).
    ///
    /// The bits of a range's product depend on its rows alone.
    public func gramians(of ranges: [Range<Int>], threads: Int) -> [DenseMatrix<Float>] {
        Parallel.map(ranges.count, threads: threads) { index in
            var product = DenseMatrix<Float>(rows: columns, columns: columns)
            var elements = product.elements.mutableSpan
            writeLowerGramian(of: ranges[index], to: &elements)
            product.mirrorLower()
            return product
        }
    }

    /// Overwrites the lower triangle of `product`, shape (columns, columns).
    private func writeLowerGramian(of range: Range<Int>, to product: inout MutableSpan<Float>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= rows, "range of rows")
        precondition(product.count == columns * columns, "shape of a Gramian")
        unsafe elements.withUnsafeBufferPointer { elements in
            unsafe product.withUnsafeMutableBufferPointer { product in
                unsafe cblas_ssyrk(
                    CblasRowMajor, CblasLower, CblasTrans, Int32(columns), Int32(range.count),
                    1, elements.baseAddress.map { unsafe $0 + range.lowerBound * columns }, Int32(columns), 0,
                    product.baseAddress, Int32(columns))
            }
        }
    }

    /// Copies the lower triangle of this square matrix to the upper one.
    private mutating func mirrorLower() {
        for row in 0..<columns {
            for column in 0..<row { self[column, row] = self[row, column] }
        }
    }

    /// Adds as many rows of another matrix of equally many columns.
    private mutating func addRows(_ range: Range<Int>, of other: DenseMatrix<Float>) {
        precondition(
            range.count == rows && other.columns == columns && range.upperBound <= other.rows, "shapes of a sum")
        let (first, count) = (range.lowerBound * columns, rows * columns)
        unsafe elements.withUnsafeMutableBufferPointer { sums in
            unsafe other.elements.withUnsafeBufferPointer { terms in
                for index in 0..<count { unsafe sums[index] += terms[first + index] }
            }
        }
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
