import LinearAlgebra
import Ratings

/// One side of the sampler, users or items: blocks of features, and the total vector of each row.
///
/// With the other side fixed, the likelihood of a row's total z is told by G = α·Σ ω·x·xᵀ and e = α·Σ ω·x·(t − x·z) over its
/// ratings, x = (partner's factors, 1), t the rating less all that x·z is not, ω the weight of the rating. A feature with the
/// weights w in some rows has the posterior N(A⁻¹·b, A⁻¹) with A = Λ + Σ w²·G and b = Λ·m + Σ w·(e + w·G·v), v its vector so
/// far; once it is drawn, z and e of its rows follow. Only e waits for the features before: all else of the draws is done at
/// once.
struct GibbsSide {
    let name: String
    /// Tells the draws of the two sides apart.
    private let number: Int
    private(set) var blocks: [FeatureBlock]
    /// z of every row, shape (rows, order).
    private(set) var totals: DenseMatrix<Float>
    /// The pattern of the ratings with this side as rows.
    private let ratings: SparseMatrix<Double>
    /// The place of each entry of `ratings` among the ratings by user.
    private let places: [Int32]

    /// - Parameter ratings: with this side as rows; the values are the places of the ratings by user.
    init(_ name: String, number: Int, ratings: SparseMatrix<Double>, blocks: [FeatureBlock], order: Int) {
        self.name = name
        self.number = number
        self.ratings = ratings
        places = ratings.values.map { Int32($0) }
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
        guard blocks.count > 1 else { return try drawIdentity(0, against: features, nil, sweep) }
        var forms = forms(against: features, sweep)
        for block in blocks.indices.dropLast() { try drawShared(block, &forms, sweep) }
        try drawIdentity(blocks.count - 1, against: features, forms, sweep)
    }

    /// G and e of every row.
    private func forms(against features: NormalEquations.Features, _ sweep: Sweep) -> QuadraticForms {
        let (order, solver) = (totals.columns, sweep.solver)
        return QuadraticForms(
            count: totals.rows, order: order, ranges: HalfStep.chunks(ratings.rowOffsets, order: order),
            threads: sweep.threads, workspace: { NormalEquations(order: order, solver: solver) }
        ) { rows, elements, equations in
            for row in rows {
                equations.begin()
                add(row, of: features, sweep, to: &equations)
                equations.copyForm(
                    about: totals.row(row), to: &elements, at: (row - rows.lowerBound) * QuadraticForms.size(order))
            }
        }
    }

    /// Adds the ratings of a row to its equations, their weights times α.
    private func add(
        _ row: Int, of features: NormalEquations.Features, _ sweep: Sweep, to equations: inout NormalEquations
    ) {
        equations.add(ratings.columnIndices[ratings.entries(ofRow: row)], of: features) { entry in
            let place = Int(places[entry])
            return (sweep.targets[place], sweep.precision * sweep.weights[place])
        }
    }

    /// Each row has a feature of its own, so all are drawn at once; where there is no other block, from the ratings
    /// themselves: A = Λ + α·Σ ω·x·xᵀ and b = Λ·m + α·Σ ω·t·x.
    private mutating func drawIdentity(
        _ block: Int, against features: NormalEquations.Features, _ forms: QuadraticForms?, _ sweep: Sweep
    ) throws(FactorizationError) {
        let (side, order, own) = (self, totals.columns, blocks[block])
        let expected = own.prior.precision.times(own.prior.mean)
        let generators = SeededGenerator(seed: sweep.seed, sweep.index, number, block)
        let step = HalfStep(
            side: name, rowOffsets: ratings.rowOffsets, order: order, solver: sweep.solver, threads: sweep.threads)
        _ = try step.solve(into: &blocks[block].vectors) { row, equations throws(CholeskyError) in
            var generator = generators.branch(row)
            equations.begin()
            if let forms {
                own.add(row, forms, to: &equations)
                equations.addRight(forms.residual(row))
            } else {
                side.add(row, of: features, sweep, to: &equations)
            }
            equations.add(own.prior.precision, times: 1)
            equations.addRight(expected[...])
            try equations.sample(using: &generator)
        }
        guard let forms else { return totals = blocks[block].vectors }
        forms.addWays(to: &totals)
        totals.add(own.vectors, times: -1)
        totals.add(blocks[block].vectors, times: 1)
    }

    /// Features share rows, so one is drawn after the other.
    private mutating func drawShared(
        _ block: Int, _ forms: inout QuadraticForms, _ sweep: Sweep
    ) throws(FactorizationError) {
        var steps = try steps(block, forms, sweep)
        forms.move(blocks[block].rowsByFeature, &steps)
        for feature in 0..<steps.count {
            for (index, change) in steps[feature].enumerated() { blocks[block].vectors[feature, index] += change }
        }
    }

    /// What of the draws of a block's features does not wait for the features before.
    private func steps(
        _ block: Int, _ forms: QuadraticForms, _ sweep: Sweep
    ) throws(FactorizationError) -> SharedSteps {
        let (own, order) = (blocks[block], totals.columns)
        let expected = own.prior.precision.times(own.prior.mean)
        let generators = SeededGenerator(seed: sweep.seed, sweep.index, number, block)
        return try SharedSteps(
            count: own.rowsByFeature.rows, order: order,
            ranges: HalfStep.chunks(own.rowsByFeature.rowOffsets, order: order), threads: sweep.threads,
            workspace: { NormalEquations(order: order, solver: sweep.solver) }
        ) { features, elements, equations -> FactorizationError? in
            for feature in features {
                var generator = generators.branch(feature)
                equations.begin()
                own.add(feature, forms, to: &equations)
                equations.add(own.prior.precision, times: 1)
                equations.addRight(expected[...])
                do throws(CholeskyError) {
                    try equations.sample(using: &generator)
                } catch {
                    return failure(error, row: feature)
                }
                equations.copyStep(
                    from: own.vectors.row(feature), to: &elements,
                    at: (feature - features.lowerBound) * SharedSteps.size(order))
            }
            return nil
        }
    }

    private func failure(_ error: CholeskyError, row: Int) -> FactorizationError {
        switch error {
        case .notPositiveDefinite(let minor): .notPositiveDefinite(side: name, row: row, minor: minor)
        }
    }
}

extension FeatureBlock {
    /// Adds Σ w²·G over a feature's rows to A, and what that makes of its vector so far to b.
    fileprivate func add(_ feature: Int, _ forms: QuadraticForms, to equations: inout NormalEquations) {
        let entries = rowsByFeature.entries(ofRow: feature)
        equations.add(forms, rows: rowsByFeature.columnIndices[entries], times: squaredWeights[entries])
        equations.addProduct(of: vectors.row(feature))
    }
}
