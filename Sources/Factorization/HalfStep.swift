import LinearAlgebra

/// Solves the equations of every row of one side against the other: the one function behind all half-steps.
///
/// Rows are dealt to the threads in fixed chunks and each is solved alone, so the threads do not show in the result.
struct HalfStep {
    /// What the rows are called in errors: `user` or `item`.
    let side: String
    let rows: Int
    /// The number of unknowns of a row.
    let order: Int
    let threads: Int

    private static let chunkRows = 64

    /// - Parameter solve: the solution of a row, in a workspace of the thread.
    /// - Returns: shape (rows, order).
    /// - Throws: the error of the first row by index that has no solution.
    func solve(
        _ solve: @Sendable (_ row: Int, _ equations: inout NormalEquations) throws(CholeskyError) -> [Float]
    ) throws(FactorizationError) -> DenseMatrix<Float> {
        let chunkCount = (rows + Self.chunkRows - 1) / Self.chunkRows
        let chunks = Parallel.map(chunkCount, threads: threads) { chunk in
            self.chunk(chunk * Self.chunkRows..<min((chunk + 1) * Self.chunkRows, rows), solve)
        }
        var solutions = DenseMatrix<Float>(rows: rows, columns: order)
        var row = 0
        for chunk in chunks {
            for solution in try chunk.get() {
                for (column, value) in solution.enumerated() { solutions[row, column] = value }
                row += 1
            }
        }
        return solutions
    }

    private func chunk(
        _ rows: Range<Int>,
        _ solve: (_ row: Int, _ equations: inout NormalEquations) throws(CholeskyError) -> [Float]
    ) -> Result<[[Float]], FactorizationError> {
        var equations = NormalEquations(order: order)
        var solutions: [[Float]] = []
        for row in rows {
            do throws(CholeskyError) {
                solutions.append(try solve(row, &equations))
            } catch {
                switch error {
                case .notPositiveDefinite(let minor):
                    return .failure(.notPositiveDefinite(side: side, row: row, minor: minor))
                }
            }
        }
        return .success(solutions)
    }
}
