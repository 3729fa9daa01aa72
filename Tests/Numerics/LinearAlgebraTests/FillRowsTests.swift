import LinearAlgebra
import Synchronization
import Testing

struct FillRowsTests {
    @Test(arguments: [1, 2, 3])
    func `every row is written exactly once`(_ threads: Int) {
        var matrix = DenseMatrix<Float>(rows: 30, columns: 4)
        let made = Atomic(0)
        let sizes = matrix.fillRows(
            [0..<1, 1..<1, 1..<20, 20..<28], threads: threads,
            workspace: { made.wrappingAdd(1, ordering: .relaxed) },
            { rows, elements, _ in
                for (index, row) in rows.enumerated() {
                    for column in 0..<4 { elements[4 * index + column] += Float(10 * row + column) }
                }
                return elements.count
            })
        #expect(sizes == [4, 0, 76, 32] && made.load(ordering: .relaxed) <= threads)
        for row in 0..<30 {
            for column in 0..<4 { #expect(matrix[row, column] == (row < 28 ? Float(10 * row + column) : 0)) }
        }
    }

    @Test func `filling rows leaves copies untouched`() {
        var matrix = DenseMatrix<Float>(rows: 2, columns: 1)
        let copy = matrix
        matrix.fillRows([0..<2], threads: 2, workspace: {}) { _, elements, _ in elements[0] = 1 }
        #expect(copy.storage == [0, 0] && matrix.storage == [1, 0])
    }
}
