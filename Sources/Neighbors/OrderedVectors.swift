import LinearAlgebra

/// The vectors of all users in the order and precision of `RowProducts`: what the tiles of all pairs read.
///
/// Ratings of half stars are multiplied as whole numbers of halves, 16 bits wide: their sums are exact, and a vector of the
/// processor holds 32 of them. Everything else is multiplied in `Double`.
struct OrderedVectors<Element: LaneScalar>: Sendable {
    let values: LaneMatrix<Element>
    /// The values squared, and one for every rating, where the formula asks for them.
    let squares: LaneMatrix<Element>?
    let ones: LaneMatrix<Element>?
    /// ‖x_u‖ of the user at each position, in units of the ratings.
    let norms: [Double]
    /// A sum of products of `values` times this is one of ratings.
    let unit: Double

    init<Source>(
        _ vectors: RatingVectors<Source>, _ formula: SimilarityFormula, unit: Double, tileRows: Int,
        costs: ProductCosts, threads: Int, convert: @Sendable (Source) -> Element
    ) {
        values = LaneMatrix(vectors.matrix, tileRows: tileRows, costs: costs, threads: threads, convert: convert)
        squares = formula.usesSharedNorms ? values.mapValues { $0 * $0 } : nil
        ones = formula.usesSharedNorms || formula.needsSupport ? values.mapValues { _ in 1 } : nil
        norms = values.pattern.rowOrder.map { vectors.norms[Int($0)] }
        self.unit = unit
    }
}
