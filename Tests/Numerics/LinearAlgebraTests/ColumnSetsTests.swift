import LinearAlgebra
import Testing

struct ColumnSetsTests {
    @Test(arguments: [1, 63, 64, 65, 700], [1, 3])
    func `common counts match set intersections`(columns: Int, threads: Int) {
        var generator = SeededGenerator(seed: UInt64(columns))
        let rows = (0..<40).map { row in
            (0..<columns).filter { _ in generator.next(below: 40) < row }
        }
        let matrix = SparseMatrix<Float>(
            columns: columns, rowOffsets: rows.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) },
            columnIndices: rows.flatMap { $0.map { Int32($0) } }, values: rows.flatMap { $0.map { _ in 1 } })
        let sets = ColumnSets(matrix, threads: threads)
        for row in rows.indices {
            for other in rows.indices {
                let common = Set(rows[row]).intersection(rows[other]).count
                #expect(sets.commonCount(row, other) == Int32(common), "rows \(row) and \(other)")
            }
        }
    }
}
