/// Who multiplies the rows of sparse matrices with each other.
public enum Products: String, Sendable, Codable, CaseIterable {
    /// The cheapest by measured cost: BLAS for the whole matrix where that is at most a tenth slower than lanes, else lanes, with
    /// BLAS for the columns of a tile that are dense enough.
    case auto
    /// `gemm` of BLAS on dense tiles, for everything.
    case blas
    /// Kindred's own kernels, for everything: each entry of a row with all rows of a block, or pair by pair.
    case lanes
}
