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

    /// Row i of this side has the ratings from `rowOffsets[i]` to before `rowOffsets[i + 1]`.
    var rowOffsets: [Int] { ratings.rowOffsets }

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
        let solver: Solver
        let threads: Int
    }

    /// Draws the priors and all vectors of this side; the ids come last.
    ///
    /// - Parameter partners: the totals of the other side.
    mutating func draw(against partners: DenseMatrix<Float>, _ sweep: Sweep) throws(FactorizationError) {
        for block in blocks.indices {
            var generator = SeededGenerator(seed: sweep.seed, sweep.index, number, block)
            do { try blocks[block].drawPrior(using: &generator) } catch { throw failure(error, row: 0) }
        }
        let features = NormalEquations.Features(vectors: partners, areBiased: true)
        if blocks.count > 1 {
            var likelihood = likelihood(against: features, sweep)
            for block in blocks.indices.dropLast() { try drawShared(block, &likelihood, sweep) }
        }
        try drawIdentity(blocks.count - 1, against: features, sweep)
    }

    /// G and e of every row.
    private struct Likelihood {
        var gramians: MatrixStack
        /// Shape (rows, order).
        var residuals: DenseMatrix<Float>
    }

    private func likelihood(against features: NormalEquations.Features, _ sweep: Sweep) -> Likelihood {
        let order = totals.columns
        let solver = sweep.solver
        var gramians = DenseMatrix<Float>(rows: totals.rows, columns: order * order)
        let chunks = HalfStep.chunks(ratings.rowOffsets, order: order)
        let residuals = gramians.fillRows(
            chunks, threads: sweep.threads, workspace: { NormalEquations(order: order, solver: solver) }
        ) {
            rows, target, equations in
            var residuals: [Float] = []
            for row in rows {
                equations.begin()
                add(row, of: features, sweep, precision: 1, to: &equations)
                let place = (row - rows.lowerBound) * order * order
                for (index, value) in equations.gramian.storage.enumerated() { target[place + index] = value }
                equations.subtractProduct(totals.row(row))
                residuals += equations.solution
            }
            return residuals
        }
        return Likelihood(
            gramians: MatrixStack(count: totals.rows, order: order, elements: gramians.storage),
            residuals: DenseMatrix(rows: totals.rows, columns: order, elements: residuals.flatMap { $0 }))
    }

    /// Adds the ratings of a row to its equations, their weights times α.
    private func add(
        _ row: Int, of features: NormalEquations.Features, _ sweep: Sweep, precision: Float,
        to equations: inout NormalEquations
    ) {
        equations.add(ratings.columnIndices[ratings.entries(ofRow: row)], of: features) { entry in
            let place = Int(ratings.values[entry])
            return (sweep.targets[place], precision * sweep.weights[place])
        }
    }

    /// Each row has a feature of its own, so all are drawn at once: A = Λ + α·G and b = Λ·m + α·Σ ω·t·x, less what the other
    /// blocks make of the total.
    private mutating func drawIdentity(
        _ block: Int, against features: NormalEquations.Features, _ sweep: Sweep
    ) throws(FactorizationError) {
        let (side, order, number, prior) = (self, totals.columns, number, blocks[block].prior)
        let expected = prior.precision.times(prior.mean)
        var rest: DenseMatrix<Float>?
        if blocks.count > 1 {
            rest = totals
            rest?.add(blocks[block].vectors, times: -1)
        }
        let others = rest
        let step = HalfStep(
            side: name, rowOffsets: ratings.rowOffsets, order: order, solver: sweep.solver, threads: sweep.threads)
        _ = try step.solve(into: &blocks[block].vectors) { row, equations throws(CholeskyError) in
            var generator = SeededGenerator(seed: sweep.seed, sweep.index, number, block, row)
            equations.begin()
            side.add(row, of: features, sweep, precision: sweep.precision, to: &equations)
            if let others { equations.subtractProduct(others.row(row)) }
            equations.add(prior.precision, times: 1)
            equations.addRight(expected)
            try equations.sample(noise: expected.map { _ in Float(generator.normal()) })
        }
        totals = blocks[block].vectors
        if let others { totals.add(others, times: 1) }
    }

    /// Features share rows, so one is drawn after the other.
    private mutating func drawShared(
        _ block: Int, _ likelihood: inout Likelihood, _ sweep: Sweep
    ) throws(FactorizationError) {
        let order = totals.columns
        let weights = blocks[block].rowsByFeature
        var equations = NormalEquations(order: order, solver: sweep.solver)
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
        equations.begin(
            base: prior.precision, right: vector.indices.map { expected[$0] + precision * (residual[$0] + own[$0]) })
        equations.add(gramian, times: precision)
        try equations.sample(noise: vector.map { _ in Float(generator.normal()) })
        return equations.solution
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
