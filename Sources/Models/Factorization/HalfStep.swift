import LinearAlgebra

/// Solves the equations of every row of one side against the other.
///
/// Consecutive rows form chunks of about equal work, scheduled dynamically; a long row is its own chunk. Chunks depend
/// only on the ratings and rows are solved independently, so results are identical at any thread count.
struct HalfStep {
    /// The name of rows in errors: `user` or `item`.
    private let side: String
    /// The number of unknowns per row.
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
    ///   - solve: solves a row in the thread's workspace.
    /// - Returns: the total loss of the rows, if solved rather than sampled.
    /// - Throws: the error of the lowest row without a solution.
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
