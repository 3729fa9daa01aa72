import LinearAlgebra

/// Solves the equations of every row of one side against the other: the one function behind all half-steps.
///
/// Neighboring rows form chunks of about equal work, which the threads take one after the other; a long row is a chunk alone.
/// Chunks follow from the ratings and each row is solved alone, so the threads do not show in the result.
struct HalfStep {
    /// What the rows are called in errors: `user` or `item`.
    private let side: String
    /// The number of unknowns of a row.
    private let order: Int
    private let solver: Solver
    private let threads: Int
    private let chunks: [Range<Int>]

    /// - Parameter rowOffsets: of the side's ratings: row i has `rowOffsets[i + 1] - rowOffsets[i]`.
    init(side: String, rowOffsets: [Int], order: Int, solver: Solver, threads: Int) {
        self.side = side
        self.order = order
        self.solver = solver
        self.threads = threads
        chunks = Self.chunks(rowOffsets, order: order)
    }

    /// - Parameters:
    ///   - solutions: w of every row, shape (rows, order).
    ///   - solve: solves a row in a workspace of the thread.
    /// - Returns: the sum of what the rows add to the loss, where they are solved and not sampled.
    /// - Throws: the error of the first row by index that has no solution.
    func solve(
        into solutions: inout DenseMatrix<Float>,
        _ solve: @Sendable (_ row: Int, _ equations: inout NormalEquations) throws(CholeskyError) -> Void
    ) throws(FactorizationError) -> Double {
        let (order, solver, side) = (order, solver, side)
        let sums = solutions.fillRows(
            chunks, threads: threads, workspace: { NormalEquations(order: order, solver: solver) }
        ) { rows, target, equations -> Result<Double, FactorizationError> in
            var sum = 0.0
            for row in rows {
                do throws(CholeskyError) {
                    try solve(row, &equations)
                    sum += equations.loss
                } catch {
                    switch error {
                    case .notPositiveDefinite(let minor):
                        return .failure(.notPositiveDefinite(side: side, row: row, minor: minor))
                    }
                }
                equations.copySolution(to: &target, at: (row - rows.lowerBound) * order)
            }
            return .success(sum)
        }
        var sum = 0.0
        for chunk in sums { sum += try chunk.get() }
        return sum
    }

    /// Chunks of about equal work: a rating costs order² multiply-adds and a row's factorization a sixth of order³.
    static func chunks(_ rowOffsets: [Int], order: Int) -> [Range<Int>] {
        Parallel.chunks(rowOffsets.count - 1) { 6 * rowOffsets[$0] + (order + 6) * $0 }
    }
}
