/// The implementation that solves symmetric positive definite systems.
public enum Solver: String, Sendable, Codable, CaseIterable {
    /// LAPACK's `potrf` and BLAS's `trsv`.
    case lapack
    /// Kindred's own Cholesky kernel: about twice as fast at order 64, where LAPACK's call overhead equals its
    /// arithmetic.
    case kernel
}
