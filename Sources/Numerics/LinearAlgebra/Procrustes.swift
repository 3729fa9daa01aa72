internal import CLAPACKE

extension DenseMatrix where Element == Double {
    /// The orthogonal Q that minimizes ‖A·Q − B‖², from this matrix AᵀB = U·S·Vᵀ: Q = U·Vᵀ.
    ///
    /// AᵀB = (0, 2; −1, 0) gives Q = (0, 1; −1, 0).
    ///
    /// - Returns: nil if LAPACK's `gesvd` does not converge.
    /// - Complexity: O(n³).
    ///
    /// Source: Schönemann 1966, doi:10.1007/BF02289451.
    public func nearestRotation() -> DenseMatrix<Double>? {
        precondition(rows == columns, "shape of a rotation")
        let order = Int32(rows)
        var source = elements
        var singular = [Double](repeating: 0, count: rows)
        var left = [Double](repeating: 0, count: rows * rows)
        var right = left
        var rest = singular
        let all = CChar(UInt8(ascii: "A"))
        let info = unsafe LAPACKE_dgesvd(
            LAPACK_ROW_MAJOR, all, all, order, order, &source, order, &singular, &left, order, &right, order, &rest)
        guard info == 0 else { return nil }
        var rotation = DenseMatrix<Double>(rows: rows, columns: rows)
        for i in 0..<rows {
            for j in 0..<rows {
                rotation[i, j] = (0..<rows).reduce(0) { $0 + left[i * rows + $1] * right[$1 * rows + j] }
            }
        }
        return rotation
    }
}
