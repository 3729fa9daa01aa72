import LinearAlgebra
import Ratings

/// One side of the sampler, users or items: blocks of features, and the total vector of each row.
///
/// With the other side fixed, the likelihood of a row's total z is told by G = Σ ω·x·xᵀ and e = Σ ω·x·(t − x·z) over its
/// ratings, x = (partner's factors, 1), t the rating less all that x·z is not, ω the weight of the rating. A feature with the
/// weights w in some rows has the posterior N(A⁻¹·b, A⁻¹) with A = Λ + α·Σ w²·G and b = Λ·m + α·Σ w·(e + w·G·v), v its
/// vector so far; once it is drawn, z and e of its rows follow.
struct GibbsSide {
    let name: String
    /// Tells the draws of the two sides apart.
    private let number: Int
    private(set) var blocks: [FeatureBlock]
    /// z of every row, shape (rows, order).
    private(set) var totals: DenseMatrix<Float>
    /// The ratings with this side as rows; the values are the places of the ratings by user.
    private let ratings: SparseMatrix<Double>

    private static let chunkRows = 64

    init(_ name: String, number: Int, ratings: SparseMatrix<Double>, blocks: [FeatureBlock], order: Int) {
        self.name = name
        self.number = number
        self.ratings = ratings
        self.blocks = blocks
        totals = DenseMatrix(rows: ratings.rows, columns: order)
        for block in blocks {
            for feature in 0..<block.rowsByFeature.rows {
                for entry in block.rowsByFeature.entries(ofRow: feature) {
                    let (row, weight) = (
                        Int(block.rowsByFeature.columnIndices[entry]), block.rowsByFeature.values[entry]
                    )
                    for index in 0..<order { totals[row, index] += weight * block.vectors[feature, index] }
                }
            }
        }
    }

    /// Factors and biases as the other side sees them.
    var factors: Factors { Factors(augmented: totals) }

    /// What a sweep over one side is given.
    struct Sweep {
        /// Counted from 0, which with the seed and the place decides each draw.
        let index: Int
        let seed: UInt64
        /// The precision α of the noise.
        let precision: Float
        /// By place of the rating: what both totals together should make.
        let targets: [Float]
        /// By place of the rating: ω.
        let weights: [Float]
        let threads: Int
    }

    /// Draws the priors and all vectors of this side.
    mutating func draw(against partners: Factors, _ sweep: Sweep) throws(FactorizationError) {
        for block in blocks.indices {
            var generator = SeededGenerator(seed: sweep.seed, sweep.index, number, block)
            do { try blocks[block].drawPrior(using: &generator) } catch { throw failure(error, row: 0) }
        }
        var likelihood = likelihood(against: partners, sweep)
        for block in blocks.indices {
            if blocks[block].isIdentity {
                try drawIdentity(block, &likelihood, sweep)
            } else {
                try drawShared(block, &likelihood, sweep)
            }
        }
    }

    /// G and e of every row.
    private struct Likelihood {
        var gramians: MatrixStack
        /// Shape (rows, order).
        var residuals: DenseMatrix<Float>
    }

    private func likelihood(against partners: Factors, _ sweep: Sweep) -> Likelihood {
        let order = totals.columns
        let features = partners.features
        let chunkCount = (totals.rows + Self.chunkRows - 1) / Self.chunkRows
        let chunks = Parallel.map(chunkCount, threads: sweep.threads) { chunk in
            var equations = NormalEquations(order: order)
            var elements: [Float] = []
            var rights: [Float] = []
            for row in chunk * Self.chunkRows..<min((chunk + 1) * Self.chunkRows, totals.rows) {
                equations.begin()
                for entry in ratings.entries(ofRow: row) {
                    let (partner, place) = (Int(ratings.columnIndices[entry]), Int(ratings.values[entry]))
                    equations.add(
                        features, row: partner, target: sweep.targets[place] - partners.biases[partner],
                        weight: sweep.weights[place])
                }
                let (gramian, right) = equations.assembled()
                for i in 0..<order {
                    for j in 0..<order { elements.append(j <= i ? gramian[i, j] : gramian[j, i]) }
                }
                rights += right
            }
            return (elements: elements, rights: rights)
        }
        let gramians = MatrixStack(count: totals.rows, order: order, elements: chunks.flatMap(\.elements))
        var residuals = DenseMatrix<Float>(rows: totals.rows, columns: order)
        for (index, value) in chunks.lazy.flatMap(\.rights).enumerated() {
            residuals[index / order, index % order] = value
        }
        for row in 0..<totals.rows {
            gramians.addProduct(row, Array(totals.row(row)), times: -1, to: &residuals, row: row)
        }
        return Likelihood(gramians: gramians, residuals: residuals)
    }

    /// Each row has a feature of its own, so all are drawn at once.
    private mutating func drawIdentity(
        _ block: Int, _ likelihood: inout Likelihood, _ sweep: Sweep
    ) throws(FactorizationError) {
        let (current, order, number) = (blocks[block], totals.columns, number)
        let before = likelihood
        let step = HalfStep(side: name, rows: totals.rows, order: order, threads: sweep.threads)
        let drawn = try step.solve { row, equations throws(CholeskyError) in
            try Self.drawn(
                current.prior, before.gramians.matrix(row), Array(before.residuals.row(row)),
                Array(current.vectors.row(row)), SeededGenerator(seed: sweep.seed, sweep.index, number, block, row),
                sweep.precision, &equations)
        }
        for row in 0..<totals.rows {
            let change = (0..<order).map { drawn[row, $0] - current.vectors[row, $0] }
            apply(change, to: row, weight: 1, &likelihood)
        }
        blocks[block].vectors = drawn
    }

    /// Features share rows, so one is drawn after the other.
    private mutating func drawShared(
        _ block: Int, _ likelihood: inout Likelihood, _ sweep: Sweep
    ) throws(FactorizationError) {
        let order = totals.columns
        let weights = blocks[block].rowsByFeature
        var equations = NormalEquations(order: order)
        for feature in 0..<weights.rows {
            var gramian = DenseMatrix<Float>(rows: order, columns: order)
            var residual = [Float](repeating: 0, count: order)
            for entry in weights.entries(ofRow: feature) {
                let (row, weight) = (Int(weights.columnIndices[entry]), weights.values[entry])
                likelihood.gramians.add(row, times: weight * weight, to: &gramian)
                for index in 0..<order { residual[index] += weight * likelihood.residuals[row, index] }
            }
            let vector = Array(blocks[block].vectors.row(feature))
            let drawn: [Float]
            do {
                drawn = try Self.drawn(
                    blocks[block].prior, gramian, residual, vector,
                    SeededGenerator(seed: sweep.seed, sweep.index, number, block, feature), sweep.precision,
                    &equations)
            } catch {
                throw failure(error, row: feature)
            }
            let change = zip(drawn, vector).map { $0 - $1 }
            for entry in weights.entries(ofRow: feature) {
                apply(change, to: Int(weights.columnIndices[entry]), weight: weights.values[entry], &likelihood)
            }
            for index in 0..<order { blocks[block].vectors[feature, index] = drawn[index] }
        }
    }

    /// A draw from N(A⁻¹·b, A⁻¹).
    private static func drawn(
        _ prior: GaussianPrior, _ gramian: DenseMatrix<Float>, _ residual: [Float], _ vector: [Float],
        _ generator: SeededGenerator, _ precision: Float, _ equations: inout NormalEquations
    ) throws(CholeskyError) -> [Float] {
        var generator = generator
        let own = gramian.times(vector)
        let expected = prior.precision.times(prior.mean)
        let right = vector.indices.map { expected[$0] + precision * (residual[$0] + own[$0]) }
        equations.begin(base: prior.precision, right: right)
        equations.add(gramian, times: precision)
        return try equations.sample(noise: vector.map { _ in Float(generator.normal()) })
    }

    private mutating func apply(_ change: [Float], to row: Int, weight: Float, _ likelihood: inout Likelihood) {
        likelihood.gramians.addProduct(row, change, times: -weight, to: &likelihood.residuals, row: row)
        for index in change.indices { totals[row, index] += weight * change[index] }
    }

    private func failure(_ error: CholeskyError, row: Int) -> FactorizationError {
        switch error {
        case .notPositiveDefinite(let minor): .notPositiveDefinite(side: name, row: row, minor: minor)
        }
    }
}
