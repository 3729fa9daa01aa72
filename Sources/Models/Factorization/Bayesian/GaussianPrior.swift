import LinearAlgebra

/// The normal prior of the vectors of a feature block, resampled in every sweep.
struct GaussianPrior {
    var mean: [Float]
    /// The full matrix.
    var precision: DenseMatrix<Float>

    /// Λ in the layout of the equations, and Λ·m.
    var terms: (precision: DenseMatrix<Float>, right: [Float]) {
        (SymmetricSystem.padded(precision), precision.times(mean))
    }

    /// Mean 0 and precision 10 in every coordinate: the start of the chain.
    init(order: Int) {
        mean = Array(repeating: 0, count: order)
        precision = DenseMatrix(rows: order, columns: order)
        for index in 0..<order { precision[index, index] = 10 }
    }

    /// Mean 0 and an independent precision per coordinate, from Gamma(1 + n/2, 0.02 + Σ v²/2): for blocks of few
    /// features.
    static func independent(_ vectors: DenseMatrix<Float>, using generator: inout SeededGenerator) -> GaussianPrior {
        var prior = GaussianPrior(order: vectors.columns)
        for column in 0..<vectors.columns {
            let squares = (0..<vectors.rows).reduce(0.0) {
                $0 + Double(vectors[$1, column]) * Double(vectors[$1, column])
            }
            prior.precision[column, column] = Float(
                generator.gamma(shape: 1 + Double(vectors.rows) / 2, rate: 0.02 + squares / 2))
        }
        return prior
    }

    /// Mean and precision from the normal–Wishart distribution given the vectors, with μ₀ = 0, β₀ = 2, W₀ = I, ν₀ = order.
    ///
    /// Source: Salakhutdinov & Mnih 2008, doi:10.1145/1390156.1390267, equation 14; Smith & Hocking 1972,
    /// doi:10.2307/2346290, for sampling the Wishart distribution.
    static func normalWishart(
        _ vectors: DenseMatrix<Float>, using generator: inout SeededGenerator
    ) throws(CholeskyError) -> GaussianPrior {
        let (n, order) = (Double(vectors.rows), vectors.columns)
        let beta = 2.0
        let mean = vectors.columnSums(weights: Array(repeating: 1 / max(1, n), count: vectors.rows))
        var centered = vectors
        centered.subtract(fromRows: mean.map { Float($0) })
        // W⁻¹ = I + Σ (v − v̄)(v − v̄)ᵀ + n·β₀/(n + β₀)·v̄·v̄ᵀ.
        var scatter = DenseMatrix<Float>(rows: order, columns: order)
        scatter.addGramian(of: centered)
        for row in 0..<order {
            for column in 0...row {
                scatter[row, column] += Float(n * beta / (n + beta) * mean[row] * mean[column])
            }
            scatter[row, row] += 1
        }
        try scatter.invertCholesky()
        try scatter.factorCholesky()
        let root = bartlett(scatter, degrees: Double(order) + n, using: &generator)
        var prior = GaussianPrior(order: order)
        prior.precision.multiply(root, transposed: root, accumulating: false)
        prior.mean = try drawnMean(
            prior.precision, center: mean.map { n * $0 / (beta + n) }, beta + n, using: &generator)
        return prior
    }

    /// L·B for the factor L of W (Bartlett): its product with its transpose is a sample of Wishart(W, degrees).
    private static func bartlett(
        _ factor: DenseMatrix<Float>, degrees: Double, using generator: inout SeededGenerator
    ) -> DenseMatrix<Float> {
        let order = factor.rows
        var triangle = DenseMatrix<Double>(rows: order, columns: order)
        for row in 0..<order {
            for column in 0..<row { triangle[row, column] = generator.normal() }
            triangle[row, row] = generator.gamma(shape: (degrees - Double(row)) / 2, rate: 0.5).squareRoot()
        }
        var root = DenseMatrix<Float>(rows: order, columns: order)
        for row in 0..<order {
            for column in 0...row {
                let sum = (column...row).reduce(0) { $0 + Double(factor[row, $1]) * triangle[$1, column] }
                root[row, column] = Float(sum)
            }
        }
        return root
    }

    private static func drawnMean(
        _ precision: DenseMatrix<Float>, center: [Double], _ count: Double, using generator: inout SeededGenerator
    ) throws(CholeskyError) -> [Float] {
        var scaled = precision
        for row in 0..<scaled.rows {
            for column in 0..<scaled.columns { scaled[row, column] *= Float(count) }
        }
        try scaled.factorCholesky()
        var deviation = (0..<scaled.rows).map { _ in Float(generator.normal()) }
        scaled.solveTransposedFactor(&deviation)
        return zip(center, deviation).map { Float($0) + $1 }
    }
}
