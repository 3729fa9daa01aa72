/// The implementation of products between rows of sparse matrices.
public enum Products: String, Sendable, Codable, CaseIterable {
    /// The cheapest by measured cost: BLAS for the whole matrix if at most a tenth slower than lanes, else lanes, with
    /// BLAS for sufficiently dense columns of a tile.
    case auto
    /// `gemm` of BLAS on dense tiles, for everything.
    case blas
    /// Kindred's own kernels, for everything: each entry of a row with all rows of a block, or pair by pair.
    case lanes
}
