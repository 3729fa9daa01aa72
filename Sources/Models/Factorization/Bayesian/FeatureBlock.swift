import LinearAlgebra
import Ratings

/// A group of features of one side with one vector each: a row's total is the weighted sum of its features' vectors.
///
/// Vectors hold the factors, then the bias. IDs form a block too, with one feature per row.
struct FeatureBlock {
    /// Shape (features, rows).
    let rowsByFeature: SparseMatrix<Float>
    /// The squares of its values.
    let squaredWeights: [Float]
    /// Whether feature f belongs to row f only: such features are sampled in parallel, with full covariance.
    let isIdentity: Bool
    /// Shape (features, order).
    var vectors: DenseMatrix<Float>
    private(set) var prior: GaussianPrior

    /// The IDs of a side.
    init(rows: Int, order: Int, using generator: inout SeededGenerator) {
        self.init(
            SparseMatrix(
                columns: rows, rowOffsets: Array(0...rows), columnIndices: (0..<Int32(rows)).map { $0 },
                values: Array(repeating: 1, count: rows)),
            isIdentity: true, order: order, using: &generator)
    }

    /// Features shared by rows. Shape of the weights: (rows, features).
    init(_ weights: SparseMatrix<Float>, order: Int, using generator: inout SeededGenerator) {
        self.init(weights.transposed(), isIdentity: false, order: order, using: &generator)
    }

    private init(
        _ rowsByFeature: SparseMatrix<Float>, isIdentity: Bool, order: Int, using generator: inout SeededGenerator
    ) {
        self.rowsByFeature = rowsByFeature
        squaredWeights = rowsByFeature.values.map { $0 * $0 }
        self.isIdentity = isIdentity
        vectors = DenseMatrix(rows: rowsByFeature.rows, columns: order)
        for feature in 0..<vectors.rows {
            for factor in 0..<order - 1 { vectors[feature, factor] = Float(0.1 * generator.normal()) }
        }
        prior = GaussianPrior(order: order)
    }

    mutating func drawPrior(using generator: inout SeededGenerator) throws(CholeskyError) {
        prior =
            isIdentity
            ? try .normalWishart(vectors, using: &generator) : .independent(vectors, using: &generator)
    }
}
