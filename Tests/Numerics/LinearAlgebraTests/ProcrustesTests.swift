import LinearAlgebra
import Testing

struct ProcrustesTests {
    private func random(_ rows: Int, _ columns: Int, _ generator: inout SeededGenerator) -> DenseMatrix<Double> {
        DenseMatrix(rows: rows, columns: columns, elements: (0..<rows * columns).map { _ in generator.normal() })
    }

    private func product(_ a: DenseMatrix<Double>, _ b: DenseMatrix<Double>) -> DenseMatrix<Double> {
        var product = DenseMatrix<Double>(rows: a.rows, columns: b.columns)
        for i in 0..<a.rows {
            for j in 0..<b.columns { product[i, j] = (0..<a.columns).reduce(0) { $0 + a[i, $1] * b[$1, j] } }
        }
        return product
    }

    private func transposed(_ a: DenseMatrix<Double>) -> DenseMatrix<Double> {
        var transposed = DenseMatrix<Double>(rows: a.columns, columns: a.rows)
        for i in 0..<a.rows { for j in 0..<a.columns { transposed[j, i] = a[i, j] } }
        return transposed
    }

    /// ‖a − b‖².
    private func distance(_ a: DenseMatrix<Double>, _ b: DenseMatrix<Double>) -> Double {
        zip(a.storage, b.storage).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }

    /// Gram–Schmidt on normal rows: rotations and reflections.
    private func orthogonal(_ order: Int, _ generator: inout SeededGenerator) -> DenseMatrix<Double> {
        var q = random(order, order, &generator)
        for i in 0..<order {
            for before in 0..<i {
                let shadow = (0..<order).reduce(0) { $0 + q[i, $1] * q[before, $1] }
                for j in 0..<order { q[i, j] -= shadow * q[before, j] }
            }
            let length = q.row(i).reduce(0) { $0 + $1 * $1 }.squareRoot()
            for j in 0..<order { q[i, j] /= length }
        }
        return q
    }

    private func identity(_ order: Int) -> DenseMatrix<Double> {
        var identity = DenseMatrix<Double>(rows: order, columns: order)
        for i in 0..<order { identity[i, i] = 1 }
        return identity
    }

    @Test func `2 × 2 rotation matches the hand-computed one`() throws {
        let cross = DenseMatrix<Double>(rows: 2, columns: 2, elements: [0, 2, -1, 0])
        let rotation = try #require(cross.nearestRotation())
        #expect(zip(rotation.storage, [0, 1, -1, 0]).allSatisfy { abs($0 - $1) < 1e-12 })
    }

    /// B = A·Q.
    @Test(arguments: [1, 2, 5, 12])
    func `known rotation is recovered`(_ order: Int) throws {
        var generator = SeededGenerator(seed: UInt64(order))
        let a = random(3 * order + 2, order, &generator)
        let q = orthogonal(order, &generator)
        let found = try #require(product(transposed(a), product(a, q)).nearestRotation())
        #expect(distance(found, q) < 1e-20 * Double(order * order))
    }

    /// No rotation maps one matrix exactly to the other.
    @Test func `no other orthogonal matrix is nearer`() throws {
        var generator = SeededGenerator(seed: 3)
        let (a, b) = (random(7, 3, &generator), random(7, 3, &generator))
        let found = try #require(product(transposed(a), b).nearestRotation())
        #expect(distance(product(transposed(found), found), identity(3)) < 1e-20)
        let least = distance(product(a, found), b)
        let others = (0..<2_000).map { _ in distance(product(a, orthogonal(3, &generator)), b) }
        #expect(others.allSatisfy { $0 >= least })
        // The best random rotation comes close, so the comparison means something.
        #expect((others.min() ?? 0) < 1.1 * least)
    }
}
