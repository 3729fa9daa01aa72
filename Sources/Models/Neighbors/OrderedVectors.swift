import LinearAlgebra

/// The vectors of all users in the order and precision of `RowProducts`.
///
/// Half-star ratings are multiplied as 16-bit integers of halves: sums are exact, and a vector register holds many.
/// Vectors whose sums round anyway are multiplied in `Float`.
struct OrderedVectors<Element: LaneScalar>: Sendable {
    let values: LaneMatrix<Element>
    /// The squared values, and a one per rating, if the formula needs them.
    let squares: LaneMatrix<Element>?
    let ones: LaneMatrix<Element>?
    /// ‖x_u‖ of the user at each position, in units of the ratings.
    let norms: [Double]
    /// The factor from sums of products of `values` to those of ratings.
    let unit: Double

    /// - Parameters:
    ///   - norms: of the matrix rows.
    ///   - convert: maps a value to the number to multiply.
    init<Source>(
        _ matrix: SparseMatrix<Source>, norms: [Double], _ formula: SimilarityFormula, unit: Double,
        _ plan: ProductPlan,
        convert: @Sendable (Source) -> Element
    ) {
        values = LaneMatrix(
            matrix, pairs: plan.pairs, tileRows: plan.tileRows, products: plan.products,
            costs: Self.costs(entries: matrix.count),
            threads: plan.threads, convert: convert)
        squares = formula.usesSharedNorms ? values.mapValues { $0 * $0 } : nil
        ones = formula.usesSharedNorms || formula.needsSupport ? values.mapValues { _ in 1 } : nil
        self.norms = values.pattern.rowOrder.map { norms[Int($0)] }
        self.unit = unit
    }

    /// For fewer entries a measurement does not pay off.
    private static func costs(entries: Int) -> ProductCosts {
        entries < 2_000_000 ? .typical(Element.self) : .measured(Element.self)
    }
}

/// The parameters of the products of `OrderedVectors`.
struct ProductPlan {
    let pairs: RowPairs
    let tileRows: Int
    let products: Products
    let threads: Int
}
