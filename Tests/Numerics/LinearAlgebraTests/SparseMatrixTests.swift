import LinearAlgebra
import TestSupport
import Testing

struct SparseMatrixTests {
    /// Rows (0: 5 at 1, 7 at 3), (1: none), (2: 2 at 0): not square, not symmetric.
    let matrix = SparseMatrix<Float>(
        columns: 4, rowOffsets: [0, 2, 2, 3], columnIndices: [1, 3, 0], values: [5, 7, 2])

    @Test func `transpose moves every entry`() {
        let transposed = matrix.transposed()
        #expect(transposed.rows == 4 && transposed.columns == 3)
        #expect(transposed.rowOffsets == [0, 1, 2, 2, 3])
        #expect(transposed.columnIndices == [2, 0, 0])
        #expect(transposed.values == [2, 5, 7])
        #expect(transposed.transposed().columnIndices == matrix.columnIndices)
    }

    @Test func `matrices concatenate horizontally and vertically`() {
        let beside = matrix.beside(
            SparseMatrix(columns: 2, rowOffsets: [0, 1, 2, 2], columnIndices: [1, 0], values: [3, 4]))
        #expect(beside.columns == 6 && beside.rowOffsets == [0, 3, 4, 5])
        #expect(beside.columnIndices == [1, 3, 5, 4, 0] && beside.values == [5, 7, 3, 4, 2])
        let above = matrix.above(SparseMatrix(columns: 2, rowOffsets: [0, 1], columnIndices: [1], values: [9]))
        #expect(above.columns == 4 && above.rowOffsets == [0, 2, 2, 3, 4])
        #expect(above.columnIndices == [1, 3, 0, 1] && above.values == [5, 7, 2, 9])
    }

    @Test func `marks are summed over rows`() {
        var sums: [Int32] = [9, 9, 9, 9]
        matrix.sums(of: [1, 1, 1, 0], overRows: [0], into: &sums)
        #expect(sums == [1, 9, 9, 9])
        matrix.sums(of: [1, 1, 1, 1], overRows: [1, 0, 0], into: &sums)
        #expect(sums == [0, 2, 2, 9])
    }

    /// Rows from none to all columns, of which some are asked for twice, the last among them; marks above 1 too.
    @Test func `sums of marks are those entry by entry`() {
        var generator = SeededGenerator(seed: 11)
        let rows = (0..<60).map { row in
            (0..<500).filter { _ in row % 9 > 0 && generator.next(below: 60) <= row }.map(Int32.init)
        }
        let matrix = SparseMatrix<Float>(
            columns: 500, rowOffsets: rows.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) },
            columnIndices: rows.flatMap { $0 }, values: rows.joined().map { _ in 1 })
        let marks = (0..<500).map { _ in UInt8(generator.next(below: 256)) }
        for count in [0, 1, 3, 4, 5, 200] {
            let some = (0..<count).map { _ in Int32(generator.next(below: 60)) } + [59]
            var sums = [Int32](repeating: -1, count: some.count + 1)
            matrix.sums(of: marks, overRows: some, into: &sums)
            #expect(sums == some.map { rows[Int($0)].reduce(0) { $0 + Int32(marks[Int($1)]) } } + [-1])
        }
    }

    /// Several blocks, with columns longer than a block and empty ones.
    @Test func `transpose is identical at any thread count`() {
        var generator = SeededGenerator(seed: 4)
        let rows = (0..<3000).map { _ in
            (0..<400).filter { $0 == 9 || ($0 % 7 > 0 && generator.next(below: 3) == 0) }.map(Int32.init)
        }
        let matrix = SparseMatrix<Float>(
            columns: 400, rowOffsets: rows.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) },
            columnIndices: rows.flatMap { $0 }, values: rows.joined().indices.map { _ in Float(generator.uniform()) })
        let expected = transposeOneByOne(matrix)
        for threads in [1, 2, 5] {
            let transposed = matrix.transposed(threads: threads)
            #expect(transposed.rowOffsets == expected.rowOffsets)
            #expect(transposed.columnIndices == expected.columnIndices)
            #expect(transposed.values == expected.values)
        }
    }

    /// The textbook transpose, entry by entry.
    private func transposeOneByOne(_ matrix: SparseMatrix<Float>) -> SparseMatrix<Float> {
        var columns = [[(row: Int32, value: Float)]](repeating: [], count: matrix.columns)
        for row in 0..<matrix.rows {
            for entry in matrix.entries(ofRow: row) {
                columns[Int(matrix.columnIndices[entry])].append((Int32(row), matrix.values[entry]))
            }
        }
        return SparseMatrix(
            columns: matrix.rows, rowOffsets: columns.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) },
            columnIndices: columns.flatMap { $0.map(\.row) }, values: columns.flatMap { $0.map(\.value) })
    }
}
