import LinearAlgebra
import Testing

struct DenseMatrixTests {
    /// A·Bᵀ by a triple loop.
    private func product<Element: BLASScalar>(_ a: DenseMatrix<Element>, _ b: DenseMatrix<Element>) -> [Element] {
        (0..<a.rows).flatMap { i in
            (0..<b.rows).map { j in (0..<a.columns).reduce(0) { $0 + a[i, $1] * b[j, $1] } }
        }
    }

    private func random<Element: BLASScalar>(_ rows: Int, _ columns: Int, _ seed: UInt64) -> DenseMatrix<Element> {
        var generator = SeededGenerator(seed: seed)
        var matrix = DenseMatrix<Element>(rows: rows, columns: columns)
        for i in 0..<rows { for j in 0..<columns { matrix[i, j] = Element(generator.next(below: 11)) / 2 } }
        return matrix
    }

    @Test(arguments: [(1, 1, 1), (3, 5, 2), (17, 4, 33), (64, 70, 100)])
    func `product equals a triple loop`(_ m: Int, _ n: Int, _ k: Int) {
        // Products of half stars are quarters, exact even in Float: no tolerance needed.
        let (a, b): (DenseMatrix<Float>, DenseMatrix<Float>) = (random(m, k, 1), random(n, k, 2))
        var c = DenseMatrix<Float>(rows: m, columns: n)
        c.multiply(a, transposed: b, accumulating: false)
        #expect(c.storage == product(a, b))
        c.multiply(a, transposed: b, accumulating: true)
        #expect(c.storage == product(a, b).map { 2 * $0 })
    }

    @Test func `Double product equals a triple loop`() {
        let (a, b): (DenseMatrix<Double>, DenseMatrix<Double>) = (random(7, 9, 3), random(5, 9, 4))
        var c = DenseMatrix<Double>(rows: 7, columns: 5)
        c.multiply(a, transposed: b, accumulating: false)
        #expect(c.storage == product(a, b))
    }

    @Test func `reshaped workspace writes only its leading elements`() {
        var c = DenseMatrix<Float>(rows: 8, columns: 8)
        c.reshape(rows: 2, columns: 3)
        let (a, b): (DenseMatrix<Float>, DenseMatrix<Float>) = (random(2, 4, 5), random(3, 4, 6))
        c.multiply(a, transposed: b, accumulating: false)
        #expect(Array(c.storage.prefix(6)) == product(a, b))
        #expect(c.storage.dropFirst(6).allSatisfy { $0 == 0 })
    }

    @Test func `column sums and row shifts match hand-computed values`() {
        var matrix = DenseMatrix<Float>(rows: 2, columns: 2, elements: [1, 2, 3, 4])
        #expect(matrix.columnSums(weights: [2, 10]) == [32, 44])
        matrix.subtract(fromRows: [1, 5])
        #expect(matrix.storage == [0, -3, 2, -1])
        #expect(DenseMatrix<Float>(rows: 0, columns: 2).columnSums(weights: []) == [0, 0])
    }
}
