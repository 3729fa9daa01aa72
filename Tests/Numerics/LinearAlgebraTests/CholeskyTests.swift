import LinearAlgebra
import Testing

struct CholeskyTests {
    private func matrix(_ rows: [[Float]]) -> DenseMatrix<Float> {
        var matrix = DenseMatrix<Float>(rows: rows.count, columns: rows.count)
        for i in rows.indices { for j in rows.indices { matrix[i, j] = rows[i][j] } }
        return matrix
    }

    @Test func `2 × 2 system matches the hand-computed solution`() throws {
        var a = matrix([[4, 2], [2, 3]])
        var b: [Float] = [10, 8]
        try a.solveCholesky(&b)
        #expect(abs(b[0] - 1.75) < 1e-6 && abs(b[1] - 1.5) < 1e-6)
    }

    @Test func `factor, back substitution and inverse match hand-computed values`() throws {
        var factor = matrix([[4, 2], [2, 3]])
        try factor.factorCholesky()
        #expect(factor[0, 0] == 2 && factor[1, 0] == 1 && abs(factor[1, 1] - Float(2).squareRoot()) < 1e-6)
        var b: [Float] = [3, Float(2).squareRoot()]
        factor.solveTransposedFactor(&b)
        #expect(abs(b[0] - 1) < 1e-6 && abs(b[1] - 1) < 1e-6)
        var inverse = matrix([[4, 2], [2, 3]])
        try inverse.invertCholesky()
        for (found, expected) in zip(inverse.storage, [0.375, -0.25, -0.25, 0.5] as [Float]) {
            #expect(abs(found - expected) < 1e-6)
        }
    }

    @Test func `solver reads only the lower triangle`() throws {
        var a = matrix([[4, 99], [2, 3]])
        var b: [Float] = [10, 8]
        try a.solveCholesky(&b)
        #expect(abs(b[0] - 1.75) < 1e-6 && abs(b[1] - 1.5) < 1e-6)
    }

    @Test(arguments: [(0, 1), (1, 2), (2, 3)])
    func `error reports the first non-positive minor`(_ place: Int, _ minor: Int) {
        var a = matrix([[2, 0, 0], [0, 2, 0], [0, 0, 2]])
        a[place, place] = -1
        var b: [Float] = [1, 1, 1]
        #expect(throws: CholeskyError.notPositiveDefinite(minor: minor)) { try a.solveCholesky(&b) }
        #expect(b == [1, 1, 1])
    }

    /// A = PᵀP + I from random panels.
    @Test(arguments: [1, 5, 33, 65])
    func `A times the solution reproduces the right-hand side`(_ order: Int) throws {
        var generator = SeededGenerator(seed: UInt64(order))
        var panel = DenseMatrix<Float>(rows: 2 * order + 3, columns: order)
        for i in 0..<panel.rows { for j in 0..<order { panel[i, j] = Float(generator.normal()) } }
        var a = DenseMatrix<Float>(rows: order, columns: order)
        for i in 0..<order { a[i, i] = 1 }
        a.addGramian(of: panel)
        let right = (0..<order).map { _ in Float(generator.normal()) }
        var x = right
        var factor = a
        try factor.solveCholesky(&x)
        for i in 0..<order {
            let product = (0..<order).reduce(0.0) { $0 + Double($1 <= i ? a[i, $1] : a[$1, i]) * Double(x[$1]) }
            #expect(abs(product - Double(right[i])) < 1e-3)
        }
    }
}
