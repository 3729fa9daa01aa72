internal import CKernels

extension DenseMatrix where Element == Float {
    /// Products of rows x of this matrix with a vector: x·w, summed in `Float`.
    ///
    /// - Parameters:
    ///   - w: one element per column.
    ///   - isBiased: whether the last column holds a bias, which is added: (x without it, 1)·w + bias.
    ///   - products: at least as many elements as rows; others are untouched.
    public func products(
        ofRows rows: ArraySlice<Int32>, with w: ArraySlice<Float>, isBiased: Bool,
        into products: inout MutableSpan<Float>
    ) {
        precondition(w.count == columns && products.count >= rows.count, "shapes of a product")
        precondition(rows.allSatisfy { $0 >= 0 && $0 < self.rows }, "row out of range")
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

    /// Products of rows with a vector, one element per column.
    public func products(ofRows rows: [Int32], with w: [Float]) -> [Float] {
        var products = [Float](repeating: 0, count: rows.count)
        var span = products.mutableSpan
        self.products(ofRows: rows[...], with: w[...], isBiased: false, into: &span)
        return products
    }

    /// This matrix times a vector; a row's product has the same bits whichever other rows are requested, which BLAS
    /// does not guarantee.
    ///
    /// - Parameter x: one element per column.
    /// - Returns: one element per row.
    public func times(_ x: [Float]) -> [Float] { products(ofRows: Array(0..<Int32(rows)), with: x) }
}
