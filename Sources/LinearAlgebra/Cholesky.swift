internal import CLAPACKE

/// Why a system has no solution by Cholesky's method.
public enum CholeskyError: Error, Equatable, CustomStringConvertible {
    /// The leading minor of this order, counted from 1, is not positive.
    case notPositiveDefinite(minor: Int)

    public var description: String {
        switch self {
        case .notPositiveDefinite(let minor): "the matrix is not positive definite at minor \(minor)"
        }
    }
}

extension DenseMatrix where Element == Float {
    /// Solves A·x = b in place for this symmetric positive definite A, by LAPACK's `potrf` and `potrs`.
    ///
    /// 2 × 2 by hand: A = (4, 2; 2, 3), b = (10, 8) gives x = (1.75, 1.5).
    ///
    /// Only the lower triangle is read; it is overwritten by the factor L of A = L·Lᵀ, and b by x.
    ///
    /// - Throws: `CholeskyError` where A is not positive definite; b is then as it was.
    /// - Complexity: n³/3 multiply-adds for the factor, 2n² for the solution; no memory beyond.
    public mutating func solveCholesky(_ b: inout [Float]) throws(CholeskyError) {
        precondition(rows == columns && b.count == rows, "shapes of a system")
        let order = Int32(rows)
        // The lower triangle of a row-major matrix is the upper one of a column-major matrix, which LAPACK takes as it is.
        let upper = CChar(UInt8(ascii: "U"))
        let factored = unsafe LAPACKE_spotrf_work(LAPACK_COL_MAJOR, upper, order, &elements, order)
        precondition(factored >= 0, "potrf: argument \(-factored) is illegal")
        if factored > 0 { throw .notPositiveDefinite(minor: Int(factored)) }
        let solved = unsafe LAPACKE_spotrs_work(
            LAPACK_COL_MAJOR, upper, order, 1, elements, order, &b, order)
        precondition(solved == 0, "potrs: argument \(-solved) is illegal")
    }
}
