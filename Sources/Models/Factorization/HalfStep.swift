import LinearAlgebra

/// Solves the equations of every row of one side against the other.
///
/// Consecutive rows form chunks of about equal work, scheduled dynamically; a long row is its own chunk. Chunks depend
/// only on the ratings, rows are solved independently, and sums are taken by chunk, so results are identical at any
/// thread count, and wherever the chunks of a side are solved.
struct HalfStep {
    /// The name of rows in errors: `user` or `item`.
    private let side: String
    /// The number of the first row in errors.
    private let firstRow: Int
    /// The number of unknowns per row.
    private let order: Int
    private let solver: Solver
    private let threads: Int
    let chunks: [Range<Int>]

    /// The parts of the loss by chunk.
    struct Sums {
        /// Of the solutions against their partners.
        var losses: [Double] = []
        /// wᵀ·Λ·w of the solutions.
        var penalties: [Double] = []

        var loss: Double { losses.reduce(0, +) }
        var penalty: Double { penalties.reduce(0, +) }
    }

    /// - Parameter rowOffsets: of the side's ratings: row i has `rowOffsets[i + 1] - rowOffsets[i]`.
    init(side: String, rowOffsets: [Int], order: Int, solver: Solver, threads: Int) {
        self.init(
            side: side, chunks: Self.chunks(rowOffsets, order: order), order: order, solver: solver, threads: threads)
    }

    /// - Parameter firstRow: the number in errors of the first row.
    init(side: String, chunks: [Range<Int>], firstRow: Int = 0, order: Int, solver: Solver, threads: Int) {
        self.side = side
        self.chunks = chunks
        self.firstRow = firstRow
        self.order = order
        self.solver = solver
        self.threads = threads
    }

    /// - Parameters:
    ///   - solutions: w of every row, shape (rows, order).
    ///   - penalty: wᵀ·Λ·w of a row; its sums are those of the result.
    ///   - solve: solves a row in the thread's workspace.
    /// - Throws: the error of the lowest row without a solution; `FactorizationError.cancelled`.
    @discardableResult
    func solve(
        into solutions: inout DenseMatrix<Float>,
        penalty: @Sendable (_ row: Int, _ vector: Span<Float>) -> Double = { _, _ in 0 },
        _ solve: @Sendable (_ row: Int, _ equations: inout NormalEquations) throws(CholeskyError) -> Void
    ) throws(FactorizationError) -> Sums {
        let (order, solver, cancellation) = (order, solver, Cancellation.current)
        let results = solutions.fillRows(
            chunks, threads: threads, workspace: { NormalEquations(order: order, solver: solver) }
        ) { rows, target, equations -> Result<(Double, Double), FactorizationError> in
            if cancellation.isRequested { return .failure(.cancelled) }
            var (losses, penalties) = (0.0, 0.0)
            for row in rows {
                do throws(CholeskyError) { try solve(row, &equations) } catch {
                    return .failure(failure(error, row: row))
                }
                losses += equations.loss
                let place = (row - rows.lowerBound) * order
                equations.copySolution(to: &target, at: place)
                penalties += penalty(row, target.span.extracting(place..<place + order))
            }
            return .success((losses, penalties))
        }
        var sums = Sums()
        for result in results {
            let (loss, penalty) = try result.get()
            sums.losses.append(loss)
            sums.penalties.append(penalty)
        }
        return sums
    }

    /// Solves every row of ratings, shape (rows, partners), against the features of the partners.
    ///
    /// - Parameter starts: where descents start; nil for zero.
    func solve(
        _ ratings: SparseMatrix<Float>, _ terms: some RowTerms, against partners: DenseMatrix<Float>,
        starts: DenseMatrix<Float>? = nil, into solutions: inout DenseMatrix<Float>
    ) throws(FactorizationError) -> Sums {
        try solve(
            into: &solutions, penalty: { terms.penalty($1, ratings: ratings.entries(ofRow: $0).count) }
        ) { row, equations throws(CholeskyError) in
            let entries = ratings.entries(ofRow: row)
            try terms.solve(
                ratings.columnIndices[entries], ratings.values[entries], of: partners, start: starts?.row(row),
                in: &equations)
        }
    }

    /// wᵀ·Λ·w of the rows' vectors, by chunk.
    func penalties(
        of vectors: DenseMatrix<Float>, _ ratings: SparseMatrix<Float>, _ terms: some RowTerms
    ) -> [Double] {
        let order = order
        return Parallel.map(chunks.count, threads: threads) { chunk in
            var sum = 0.0
            for row in chunks[chunk] {
                let vector = vectors.storage.span.extracting(row * order..<(row + 1) * order)
                sum += terms.penalty(vector, ratings: ratings.entries(ofRow: row).count)
            }
            return sum
        }
    }

    /// The sum of the ratings' values, by chunk.
    func valueSums(_ ratings: SparseMatrix<Float>) -> [Double] {
        Parallel.map(chunks.count, threads: threads) { chunk in
            let rows = chunks[chunk]
            let entries = ratings.rowOffsets[rows.lowerBound]..<ratings.rowOffsets[rows.upperBound]
            return ratings.values[entries].reduce(0) { $0 + Double($1) }
        }
    }

    /// The error of a row of `chunks`.
    func failure(_ error: CholeskyError, row: Int) -> FactorizationError {
        switch error {
        case .notPositiveDefinite(let minor): .notPositiveDefinite(side: side, row: firstRow + row, minor: minor)
        }
    }

    /// The error of a row whose partner's features never came.
    func missing(_ partner: Int, row: Int) -> FactorizationError {
        .missingPartner(side: side, row: firstRow + row, partner: partner)
    }

    /// `RowBlock.chunks`.
    static func chunks(_ rowOffsets: [Int], order: Int) -> [Range<Int>] {
        Parallel.chunks(rowOffsets.count - 1) { 6 * rowOffsets[$0] + (order + 6) * $0 }
    }
}
