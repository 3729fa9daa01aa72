internal import CKernels

extension DenseMatrix where Element == Float {
    /// The products of some rows x of this matrix with a vector: x·w, summed in `Float`.
    ///
    /// - Parameters:
    ///   - w: one element for each column.
    ///   - isBiased: whether the last number of a row is a bias, which is added: (x without it, 1)·w + bias.
    ///   - products: at least as many elements as rows; what lies beyond is left alone.
    public func products(
        ofRows rows: ArraySlice<Int32>, with w: ArraySlice<Float>, isBiased: Bool,
        into products: inout MutableSpan<Float>
    ) {
        precondition(w.count == columns && products.count >= rows.count, "shapes of a product")
        precondition(rows.allSatisfy { $0 >= 0 && $0 < self.rows }, "rows of the matrix")
        unsafe rows.withUnsafeBufferPointer { rows in
            unsafe w.withUnsafeBufferPointer { w in
                unsafe products.withUnsafeMutableBufferPointer { products in
                    unsafe kindred_products(
                        Int64(rows.count), rows.baseAddress, elements, Int64(columns), isBiased ? 1 : 0, w.baseAddress,
                        products.baseAddress)
                }
            }
        }
    }

    /// The products of some rows with a vector, one element for each column.
    public func products(ofRows rows: [Int32], with w: [Float]) -> [Float] {
        var products = [Float](repeating: 0, count: rows.count)
        var span = products.mutableSpan
        self.products(ofRows: rows[...], with: w[...], isBiased: false, into: &span)
        return products
    }

    /// This matrix times a vector; a row's product has the same bits whichever other rows are asked for, which no BLAS promises.
    ///
    /// - Parameter x: one element for each column.
    /// - Returns: one element for each row.
    public func times(_ x: [Float]) -> [Float] { products(ofRows: Array(0..<Int32(rows)), with: x) }
}
