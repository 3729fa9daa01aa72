import LinearAlgebra
import Testing

struct GramianTests {
    /// Half-integers, so that `Float` sums are exact. Not square: a transposed product would not go unseen.
    private let panel: DenseMatrix<Float> = {
        var generator = SeededGenerator(seed: 1)
        var panel = DenseMatrix<Float>(rows: 7, columns: 4)
        for i in 0..<7 { for j in 0..<4 { panel[i, j] = Float(generator.next(below: 9)) / 2 } }
        return panel
    }()

    @Test func lowerTriangleIsThreeLoops() {
        var gramian = DenseMatrix<Float>(rows: 4, columns: 4)
        gramian.addGramian(of: panel)
        gramian.addGramian(of: panel)
        for i in 0..<4 {
            for j in 0..<4 {
                let sum = (0..<7).reduce(Float(0)) { $0 + panel[$1, i] * panel[$1, j] }
                #expect(gramian[i, j] == (j <= i ? 2 * sum : 0))
            }
        }
    }

    @Test func transposedProductIsTwoLoops() {
        let x: [Float] = [1, 0, 2, -1, 0.5, 3, 1]
        var y: [Float] = [10, 0, 0, 0]
        panel.addTransposed(times: x, to: &y)
        for j in 0..<4 {
            let sum = (0..<7).reduce(Float(0)) { $0 + panel[$1, j] * x[$1] }
            #expect(y[j] == (j == 0 ? 10 : 0) + sum)
        }
    }

    @Test func productIsTwoLoops() {
        let x: [Float] = [1, 0, 2, -1]
        for (row, found) in panel.times(x).enumerated() {
            #expect(found == (0..<4).reduce(Float(0)) { $0 + panel[row, $1] * x[$1] })
        }
    }

    @Test func rowsAndMatricesAreCopied() {
        var copy = DenseMatrix<Float>(rows: 8, columns: 4)
        copy.copyRow(2, of: panel, to: 7, times: 2)
        #expect(Array(copy.row(7)) == panel.row(2).map { 2 * $0 })
        copy.copy(panel)
        #expect(copy.rows == 7 && (0..<7).allSatisfy { copy.row($0) == panel.row($0) })
        copy.fill(3)
        #expect(copy.storage.allSatisfy { $0 == 3 })
    }
}
