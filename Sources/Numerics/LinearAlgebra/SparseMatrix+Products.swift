extension SparseMatrix where Element == Float {
    /// The products of one row with every row, by `gemm` on dense tiles of rows.
    ///
    /// Rows (1, 2, 0), (0, 1, 1): the products with the first are 5 and 2.
    ///
    /// - Complexity: O(rows · columns) time; 256 · columns floats in memory.
    public func products(withRow row: Int) -> [Float] {
        let tileRows = 256
        var one = [Float](repeating: 0, count: columns)
        for entry in entries(ofRow: row) { one[Int(columnIndices[entry])] = values[entry] }
        var products: [Float] = []
        for start in stride(from: 0, to: rows, by: tileRows) {
            let lines = start..<min(start + tileRows, rows)
            var tile = [Float](repeating: 0, count: lines.count * columns)
            for line in lines {
                for entry in entries(ofRow: line) {
                    tile[(line - start) * columns + Int(columnIndices[entry])] = values[entry]
                }
            }
            var sums = [Float](repeating: 0, count: lines.count)
            Float.gemm(lines.count, 1, columns, tile[...], one[...], stride: columns, 0, &sums)
            products += sums
        }
        OperationCounts.addMultiplyAdds(blas: rows * columns, lanes: 0, pairs: 0)
        return products
    }
}
