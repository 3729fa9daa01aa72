import LinearAlgebra
import TestSupport
import Testing

struct SparseMatrixTests {
    /// Rows (0: 5 at 1, 7 at 3), (1: none), (2: 2 at 0): not square, not symmetric.
    let matrix = SparseMatrix<Float>(
        columns: 4, rowOffsets: [0, 2, 2, 3], columnIndices: [1, 3, 0], values: [5, 7, 2])

    @Test func transposeMovesEveryEntry() {
        let transposed = matrix.transposed()
        #expect(transposed.rows == 4 && transposed.columns == 3)
        #expect(transposed.rowOffsets == [0, 1, 2, 2, 3])
        #expect(transposed.columnIndices == [2, 0, 0])
        #expect(transposed.values == [2, 5, 7])
        #expect(transposed.transposed().columnIndices == matrix.columnIndices)
    }

    @Test func sumsOfMarks() {
        #expect(matrix.sum(of: [1, 1, 1, 0], overRow: 0) == 1)
        #expect(matrix.sum(of: [1, 1, 1, 1], overRow: 0) == 2)
        #expect(matrix.sum(of: [1, 1, 1, 1], overRow: 1) == 0)
    }
}
