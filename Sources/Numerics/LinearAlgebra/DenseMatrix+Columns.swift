extension DenseMatrix where Element == Float {
    /// Σ weight·row over all rows, summed in `Double`: one number per column.
    ///
    /// Rows (1, 2) and (3, 4) with the weights 2 and 10 give (32, 44).
    ///
    /// - Parameter weights: one per row.
    public func columnSums(weights: [Double]) -> [Double] {
        precondition(weights.count == rows, "one weight per row")
        var sums = [Double](repeating: 0, count: columns)
        var totals = sums.mutableSpan
        let elements = elements.span
        for row in 0..<rows {
            let weight = weights[row]
            for column in 0..<columns { totals[column] += weight * Double(elements[row * columns + column]) }
        }
        return sums
    }

    /// Subtracts a row from every row.
    public mutating func subtract(fromRows row: [Float]) {
        precondition(row.count == columns, "one element per column")
        let (rows, columns) = (rows, columns)
        var elements = elements.mutableSpan
        for start in stride(from: 0, to: rows * columns, by: max(1, columns)) {
            for column in 0..<columns { elements[start + column] -= row[column] }
        }
    }
}
