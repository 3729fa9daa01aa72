import LinearAlgebra
import Ratings

/// One side of the sampler, users or items: blocks of features, and the total vector of each row.
///
/// With the other side fixed, the likelihood of a row's total z is given by G = α·Σ ω·x·xᵀ and e = α·Σ ω·x·(t − x·z)
/// over its ratings, where x = (partner's factors, 1), t is the rating minus all terms but x·z, and ω the weight of the
/// rating. A feature with weights w in some rows has the posterior N(A⁻¹·b, A⁻¹) with A = Λ + Σ w²·G and b = Λ·m + Σ
/// w·(e + w·G·v), v its current vector; after sampling, z and e of its rows are updated. Only e depends on preceding
/// features; everything else is computed in parallel.
struct GibbsSide {
    let name: String
    /// Separates the random streams of the two sides.
    private let number: Int
    private(set) var blocks: [FeatureBlock]
    /// z of every row, shape (rows, order).
    private(set) var totals: DenseMatrix<Float>
    /// The ratings, with this side as rows.
    let ratings: SparseMatrix<Float>
    /// The place of each entry of `ratings` among the ratings by user.
    let places: [Int32]
    /// The hour bias of each entry of `ratings`; empty without hours.
    let hours: [Int32]
    /// Rows of about equal work.
    let chunks: [Range<Int>]

    /// - Parameters:
    ///   - numbered: a matrix with this side as rows and the places of the ratings by user as values.
    ///   - ratings, hours: the ratings and their hour biases, by place.
    init(
        _ name: String, number: Int, numbered: SparseMatrix<Double>, ratings: [Float], hours: [Int32],
        blocks: [FeatureBlock], order: Int
    ) {
        self.name = name
        self.number = number
        let places = numbered.values.map { Int32($0) }
        self.places = places
        self.ratings = numbered.withValues(places.map { ratings[Int($0)] })
        self.hours = hours.isEmpty ? [] : places.map { hours[Int($0)] }
        chunks = HalfStep.chunks(numbered.rowOffsets, order: order)
        self.blocks = blocks
        totals = DenseMatrix(rows: numbered.rows, columns: order)
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

    /// The input of a sweep over one side.
    struct Sweep {
        /// Counted from 0; with seed and place it determines each sample.
        let index: Int
        let seed: UInt64
        /// μ and the bias of every hour: the terms of a rating outside the two totals.
        let mean: Double
        let hours: [Float]
        /// α·a of this side's rows and a of their partners: the weight α·ω of a rating is the product of both.
        let weights: [Float]
        let partnerWeights: [Float]
        let solver: Solver
        let threads: Int
    }

    /// Samples the priors and all vectors of this side, IDs last.
    ///
    /// - Parameter partners: the totals of the other side.
    mutating func draw(against partners: BiasedRows, _ sweep: Sweep) throws(FactorizationError) {
        let targets = targets(sweep)
        for block in blocks.indices {
            var generator = SeededGenerator(seed: sweep.seed, sweep.index, number, block)
            do { try blocks[block].drawPrior(using: &generator) } catch { throw failure(error, row: 0) }
        }
        guard blocks.count > 1 else { return try drawIdentity(against: partners, targets, sweep) }
        var forms = forms(against: partners, targets, sweep)
        for block in blocks.indices.dropLast() { try drawShared(block, &forms, sweep) }
        try drawIdentity(forms, sweep)
    }

    /// G and e of every row.
    private func forms(against partners: BiasedRows, _ targets: [Float], _ sweep: Sweep) -> QuadraticForms {
        let (order, solver) = (totals.columns, sweep.solver)
        return QuadraticForms(
            count: totals.rows, order: order, ranges: chunks, threads: sweep.threads,
            workspace: { NormalEquations(order: order, solver: solver) }
        ) { rows, elements, equations in
            for row in rows {
                equations.begin()
                add(row, of: partners, targets, sweep, to: &equations)
                equations.copyForm(
                    about: totals.row(row), to: &elements, at: (row - rows.lowerBound) * QuadraticForms.size(order))
            }
        }
    }

    /// Adds the ratings of a row to its equations.
    private func add(
        _ row: Int, of partners: BiasedRows, _ targets: [Float], _ sweep: Sweep, to equations: inout NormalEquations
    ) {
        let entries = ratings.entries(ofRow: row)
        equations.add(
            ratings.columnIndices[entries], of: partners, weight: sweep.weights[row], weights: sweep.partnerWeights,
            targets: targets[entries])
    }

    /// Without other blocks, ID features are sampled from the ratings directly: A = Λ + α·Σ ω·x·xᵀ and b = Λ·m + α·Σ
    /// ω·t·x.
    private mutating func drawIdentity(
        against partners: BiasedRows, _ targets: [Float], _ sweep: Sweep
    ) throws(FactorizationError) {
        let (side, prior) = (self, blocks[0].prior.terms)
        let generators = SeededGenerator(seed: sweep.seed, sweep.index, number, 0)
        _ = try step(sweep).solve(into: &totals) { row, equations throws(CholeskyError) in
            var generator = generators.branch(row)
            equations.begin(base: prior.precision, right: prior.right)
            side.add(row, of: partners, targets, sweep, to: &equations)
            try equations.sample(using: &generator)
        }
        blocks[0].vectors = totals
    }

    /// Each row has its own feature, so all are sampled in parallel.
    private mutating func drawIdentity(_ forms: QuadraticForms, _ sweep: Sweep) throws(FactorizationError) {
        let block = blocks.count - 1
        let own = blocks[block]
        let prior = own.prior.terms
        let generators = SeededGenerator(seed: sweep.seed, sweep.index, number, block)
        _ = try step(sweep).solve(into: &blocks[block].vectors) { row, equations throws(CholeskyError) in
            var generator = generators.branch(row)
            equations.begin()
            own.add(row, forms, to: &equations)
            equations.addRight(forms.residual(row))
            equations.add(prior.precision, times: 1)
            equations.addRight(prior.right[...])
            try equations.sample(using: &generator)
        }
        forms.addWays(to: &totals)
        totals.add(own.vectors, times: -1)
        totals.add(blocks[block].vectors, times: 1)
    }

    private func step(_ sweep: Sweep) -> HalfStep {
        HalfStep(
            side: name, rowOffsets: ratings.rowOffsets, order: totals.columns, solver: sweep.solver,
            threads: sweep.threads)
    }

    /// Features share rows, so they are sampled one by one.
    private mutating func drawShared(
        _ block: Int, _ forms: inout QuadraticForms, _ sweep: Sweep
    ) throws(FactorizationError) {
        var steps = try steps(block, forms, sweep)
        forms.move(blocks[block].rowsByFeature, &steps)
        for feature in 0..<steps.count {
            for (index, change) in steps[feature].enumerated() { blocks[block].vectors[feature, index] += change }
        }
    }

    /// The part of a block's samples that is independent of preceding features.
    private func steps(
        _ block: Int, _ forms: QuadraticForms, _ sweep: Sweep
    ) throws(FactorizationError) -> SharedSteps {
        let (own, order) = (blocks[block], totals.columns)
        let prior = own.prior.terms
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
                equations.add(prior.precision, times: 1)
                equations.addRight(prior.right[...])
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
    /// Adds Σ w²·G over a feature's rows to A, and that times its current vector to b.
    fileprivate func add(_ feature: Int, _ forms: QuadraticForms, to equations: inout NormalEquations) {
        let entries = rowsByFeature.entries(ofRow: feature)
        equations.add(forms, rows: rowsByFeature.columnIndices[entries], times: squaredWeights[entries])
        equations.addProduct(of: vectors.row(feature))
    }
}
