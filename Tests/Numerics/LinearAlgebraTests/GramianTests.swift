import LinearAlgebra
import Testing

struct GramianTests {
    /// Half-integers keep `Float` sums exact. Not square, so that a transposed product is noticed.
    private let panel: DenseMatrix<Float> = {
        var generator = SeededGenerator(seed: 1)
        var panel = DenseMatrix<Float>(rows: 7, columns: 4)
        for i in 0..<7 { for j in 0..<4 { panel[i, j] = Float(generator.next(below: 9)) / 2 } }
        return panel
    }()

    @Test func `lower triangle equals a triple loop and accumulates`() {
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

    /// Two blocks of rows and part of a third.
    @Test func `full Gramian equals a triple loop at any thread count`() {
        var generator = SeededGenerator(seed: 2)
        let tall = DenseMatrix<Float>(
            rows: 9_000, columns: 5, elements: (0..<45_000).map { _ in Float(generator.next(below: 5)) / 2 })
        let gramian = tall.gramian(threads: 1)
        for i in 0..<5 {
            for j in 0..<5 {
                let sum = (0..<9_000).reduce(0.0) { $0 + Double(tall[$1, i]) * Double(tall[$1, j]) }
                #expect(abs(Double(gramian[i, j]) - sum) < 1e-5 * sum)
            }
        }
        for threads in 2...3 { #expect(tall.gramian(threads: threads).storage == gramian.storage) }
        #expect(DenseMatrix<Float>(rows: 0, columns: 2).gramian(threads: 1).storage == [0, 0, 0, 0])
    }

    @Test func `Gramians of ranges add up in order`() {
        let rows = DenseMatrix<Float>(rows: 3, columns: 2, elements: [1, 2, 3, 4, 0, 1])
        #expect(rows.gramian(of: [0..<2, 2..<3], threads: 1).storage == [10, 14, 14, 21])
        #expect(rows.gramians(of: [0..<2, 2..<3], threads: 1).map(\.storage) == [[10, 14, 14, 20], [0, 0, 0, 1]])
        var generator = SeededGenerator(seed: 3)
        let tall = DenseMatrix<Float>(
            rows: 700, columns: 17, elements: (0..<700 * 17).map { _ in Float(generator.normal()) })
        // More ranges than are held at a time, of one row and of many.
        let ranges = (0..<200).map { $0..<$0 + 1 } + [200..<200, 200..<450, 450..<700]
        var sum = DenseMatrix<Float>(rows: 17, columns: 17)
        for gramian in tall.gramians(of: ranges, threads: 2) { sum.add(gramian, times: 1) }
        for threads in 1...3 { #expect(tall.gramian(of: ranges, threads: threads).storage == sum.storage) }
        // A range's product does not depend on where its rows are.
        let part = DenseMatrix<Float>(rows: 250, columns: 17, elements: Array(tall.storage[200 * 17..<450 * 17]))
        #expect(
            part.gramians(of: [0..<250], threads: 1)[0].storage == tall.gramians(of: ranges, threads: 3)[201].storage)
    }

    @Test func `transposed product equals a double loop`() {
        let x: [Float] = [1, 0, 2, -1, 0.5, 3, 1]
        var y: [Float] = [10, 0, 0, 0]
        panel.addTransposed(times: x, to: &y)
        for j in 0..<4 {
            let sum = (0..<7).reduce(Float(0)) { $0 + panel[$1, j] * x[$1] }
            #expect(y[j] == (j == 0 ? 10 : 0) + sum)
        }
    }

    @Test func `matrix-vector product equals a double loop`() {
        let x: [Float] = [1, 0, 2, -1]
        for (row, found) in panel.times(x).enumerated() {
            #expect(found == (0..<4).reduce(Float(0)) { $0 + panel[row, $1] * x[$1] })
        }
    }

    @Test func `rows are copied with their factor`() {
        var copy = DenseMatrix<Float>(rows: 8, columns: 4)
        copy.copyRow(2, of: panel, to: 7, times: 2)
        #expect(Array(copy.row(7)) == panel.row(2).map { 2 * $0 })
    }
}
