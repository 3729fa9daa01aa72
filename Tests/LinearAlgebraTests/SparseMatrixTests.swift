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

    @Test func blockShowsWhatItCovers() {
        var block = DenseMatrix<Float>(rows: 3, columns: 4)
        #expect(matrix.copyBlock(rows: 0..<2, columns: 1..<4, as: .values, into: &block))
        #expect(block.rows == 2 && block.columns == 3)
        #expect(Array(block.storage.prefix(6)) == [5, 0, 7, 0, 0, 0])
        #expect(matrix.copyBlock(rows: 0..<1, columns: 0..<4, as: .squares, into: &block))
        #expect(Array(block.storage.prefix(4)) == [0, 25, 0, 49])
        #expect(matrix.copyBlock(rows: 2..<3, columns: 0..<2, as: .pattern, into: &block))
        #expect(Array(block.storage.prefix(2)) == [1, 0])
        #expect(!matrix.copyBlock(rows: 1..<2, columns: 0..<4, as: .values, into: &block))
    }
}
