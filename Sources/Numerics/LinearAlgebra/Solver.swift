/// Who factors and solves a symmetric positive definite system.
public enum Solver: String, Sendable, Codable, CaseIterable {
    /// LAPACK's `potrf` and BLAS's `trsv`.
    case lapack
    /// Kindred's own Cholesky kernel: about twice as fast at order 64, where a call of LAPACK costs as much as its arithmetic.
    case kernel
}
