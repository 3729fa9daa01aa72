import LinearAlgebra
import Testing

/// Checked against plain loops.
struct DenseMatrixRotationTests {
    private func random(_ rows: Int, _ columns: Int, seed: UInt64) -> DenseMatrix<Float> {
        var generator = SeededGenerator(seed: seed)
        return DenseMatrix(
            rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in Float(generator.normal()) })
    }

    @Test func `cross product and rotation match hand-computed matrices`() {
        var cross = DenseMatrix<Double>(rows: 2, columns: 2)
        cross.addCross(
            DenseMatrix(rows: 1, columns: 3, elements: [1, 2, 9]),
            DenseMatrix(rows: 1, columns: 3, elements: [3, 4, 9]))
        #expect(cross.storage == [3, 4, 6, 8])
        var row = DenseMatrix<Float>(rows: 1, columns: 3, elements: [3, 4, 9])
        row.rotate(DenseMatrix(rows: 2, columns: 2, elements: [0, 1, -1, 0]))
        #expect(row.storage == [-4, 3, 9])
    }

    @Test(arguments: [(1, 1), (12, 13), (16, 17), (19, 19)])
    func `cross product and rotation match plain loops`(_ rank: Int, _ columns: Int) {
        let (a, b) = (random(30, columns, seed: 1), random(30, columns, seed: 2))
        var cross = DenseMatrix<Double>(rows: rank, columns: rank)
        // Twice: `addCross` accumulates.
        for _ in 0..<2 { cross.addCross(a, b) }
        var rotated = a
        rotated.rotate(cross)
        for i in 0..<rank {
            for j in 0..<rank {
                let sum = (0..<30).reduce(0.0) { $0 + 2 * Double(a[$1, i]) * Double(b[$1, j]) }
                #expect(abs(cross[i, j] - sum) < 1e-12 * 100)
            }
        }
        for row in 0..<30 {
            for j in 0..<columns {
                let sum =
                    j < rank ? (0..<rank).reduce(0.0) { $0 + Double(a[row, $1]) * cross[$1, j] } : Double(a[row, j])
                #expect(abs(Double(rotated[row, j]) - sum) < 1e-5 * (1 + abs(sum)))
            }
        }
    }
}
