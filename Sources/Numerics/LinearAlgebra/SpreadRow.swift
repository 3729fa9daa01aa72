internal import CKernels

/// One row of a sparse matrix, expanded to a dense vector for products with other rows.
///
/// A workspace, reused row after row.
public struct SpreadRow: Sendable {
    private let matrix: SparseMatrix<Double>
    private var spread: [Double]
    private var row: Int?

    /// Prepares a buffer for the rows of a matrix.
    public init(_ matrix: SparseMatrix<Double>) {
        self.matrix = matrix
        spread = Array(repeating: 0, count: matrix.columns)
    }

    /// Spreads a row, in place of the one before.
    public mutating func take(_ row: Int) {
        if let before = self.row {
            for column in matrix.columnIndices[matrix.entries(ofRow: before)] { spread[Int(column)] = 0 }
        }
        for entry in matrix.entries(ofRow: row) { spread[Int(matrix.columnIndices[entry])] = matrix.values[entry] }
        self.row = row
    }

    /// The products of the row with others. Terms are added in column order, so the bits equal those of a loop over
    /// shared columns.
    ///
    /// Rows (1, 2, 0) and (3, 0, 4): 3.
    ///
    /// - Parameter products: at least as many elements as rows.
    /// - Complexity: O(entries of the other rows).
    public func products(with rows: ArraySlice<Int32>, into products: inout [Double]) {
        precondition(products.count >= rows.count, "one element per product")
        precondition(rows.allSatisfy { $0 >= 0 && $0 < matrix.rows }, "row out of range")
        unsafe rows.withUnsafeBufferPointer { rows in
            guard let first = rows.baseAddress else { return }
            unsafe kindred_spread_products(
                rows.count, first, matrix.rowOffsets, matrix.columnIndices, matrix.values, spread, &products)
        }
    }
}
