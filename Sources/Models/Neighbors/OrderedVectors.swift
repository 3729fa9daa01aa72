import LinearAlgebra

/// The vectors of all users in the order and precision of `RowProducts`: what the tiles of all pairs read.
///
/// Ratings of half stars are multiplied as whole numbers of halves, 16 bits wide: their sums are exact, and a vector of the
/// processor holds many of them. Vectors whose sums are rounded in any case are multiplied in `Float`.
struct OrderedVectors<Element: LaneScalar>: Sendable {
    let values: LaneMatrix<Element>
    /// The values squared, and one for every rating, where the formula asks for them.
    let squares: LaneMatrix<Element>?
    let ones: LaneMatrix<Element>?
    /// ‖x_u‖ of the user at each position, in units of the ratings.
    let norms: [Double]
    /// A sum of products of `values` times this is one of ratings.
    let unit: Double

    /// How the vectors are multiplied.
    struct Plan {
        let tileRows: Int
        let products: Products
        let threads: Int
    }

    /// - Parameters:
    ///   - norms: of the rows of the matrix.
    ///   - convert: the number that a value is multiplied as.
    init<Source>(
        _ matrix: SparseMatrix<Source>, norms: [Double], _ formula: SimilarityFormula, unit: Double, _ plan: Plan,
        convert: @Sendable (Source) -> Element
    ) {
        values = LaneMatrix(
            matrix, tileRows: plan.tileRows, products: plan.products, costs: Self.costs(entries: matrix.count),
            threads: plan.threads, convert: convert)
        squares = formula.usesSharedNorms ? values.mapValues { $0 * $0 } : nil
        ones = formula.usesSharedNorms || formula.needsSupport ? values.mapValues { _ in 1 } : nil
        self.norms = values.pattern.rowOrder.map { norms[Int($0)] }
        self.unit = unit
    }

    /// With fewer entries, all is done before a measurement pays.
    private static func costs(entries: Int) -> ProductCosts {
        entries < 2_000_000 ? .typical(Element.self) : .measured(Element.self)
    }
}
