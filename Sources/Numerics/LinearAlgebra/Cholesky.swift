internal import CLAPACKE

/// A failed Cholesky factorization.
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
    /// Factors this symmetric positive definite A into L·Lᵀ in place with LAPACK's `potrf`.
    ///
    /// 2 × 2 by hand: A = (4, 2; 2, 3) gives L = (2, 0; 1, √2).
    ///
    /// Reads and writes only the lower triangle.
    ///
    /// - Throws: `CholeskyError` if A is not positive definite.
    /// - Complexity: n³/3 multiply-adds; no extra memory.
    public mutating func factorCholesky() throws(CholeskyError) {
        precondition(rows == columns, "shape of a symmetric matrix")
        let order = Int32(rows)
        OperationCounts.add(1, by: .lapack)
        let info = unsafe LAPACKE_spotrf_work(LAPACK_COL_MAJOR, Self.lower, order, &elements, order)
        precondition(info >= 0, "potrf: argument \(-info) is illegal")
        if info > 0 { throw .notPositiveDefinite(minor: Int(info)) }
    }

    /// Solves L·Lᵀ·x = b in place for this factor L with LAPACK's `potrs`.
    ///
    /// - Complexity: 2n² multiply-adds.
    public func solveFactored(_ b: inout [Float]) {
        precondition(rows == columns && b.count == rows, "shapes of a system")
        let order = Int32(rows)
        let info = unsafe LAPACKE_spotrs_work(LAPACK_COL_MAJOR, Self.lower, order, 1, elements, order, &b, order)
        precondition(info == 0, "potrs: argument \(-info) is illegal")
    }

    /// Solves Lᵀ·x = b in place for this factor L: for a standard normal b, x has the covariance (L·Lᵀ)⁻¹.
    ///
    /// L = (2, 0; 1, √2) and b = (3, √2) give x = (1, 1).
    ///
    /// - Complexity: n² multiply-adds.
    public func solveTransposedFactor(_ b: inout [Float]) {
        precondition(rows == columns && b.count == rows, "shapes of a system")
        let order = Int32(rows)
        let info = unsafe LAPACKE_strtrs_work(
            LAPACK_COL_MAJOR, Self.lower, CChar(UInt8(ascii: "N")), CChar(UInt8(ascii: "N")), order, 1, elements, order,
            &b, order)
        precondition(info == 0, "trtrs: argument \(info) is illegal or zero")
    }

    /// Solves A·x = b in place for this symmetric positive definite A; A is overwritten by its factor.
    ///
    /// 2 × 2 by hand: A = (4, 2; 2, 3), b = (10, 8) gives x = (1.75, 1.5).
    ///
    /// - Throws: `CholeskyError` if A is not positive definite; b is then unchanged.
    public mutating func solveCholesky(_ b: inout [Float]) throws(CholeskyError) {
        precondition(b.count == rows, "shapes of a system")
        try factorCholesky()
        solveFactored(&b)
    }

    /// Replaces this symmetric positive definite A by its inverse, both triangles, with LAPACK's `potrf` and `potri`.
    ///
    /// 2 × 2 by hand: A = (4, 2; 2, 3) gives (0.375, −0.25; −0.25, 0.5).
    ///
    /// - Throws: `CholeskyError` if A is not positive definite.
    /// - Complexity: n³ multiply-adds; no extra memory.
    public mutating func invertCholesky() throws(CholeskyError) {
        try factorCholesky()
        let order = Int32(rows)
        let info = unsafe LAPACKE_spotri_work(LAPACK_COL_MAJOR, Self.lower, order, &elements, order)
        precondition(info == 0, "potri: argument \(info) is illegal or zero")
        for row in 0..<rows {
            for column in 0..<row { self[column, row] = self[row, column] }
        }
    }

    /// The lower triangle of a row-major matrix is the upper one of a column-major matrix, LAPACK's own layout.
    private static var lower: CChar { CChar(UInt8(ascii: "U")) }
}
