import LinearAlgebra
import Testing

/// Checked against `Double` sums and against LAPACK's `potrf` and `potrs`, at orders and row counts on both sides of
/// the kernel's block sizes.
struct SymmetricSystemTests {
    private static let orders = [1, 2, 7, 15, 16, 17, 23, 24, 31, 64, 65, 66, 79, 100, 128, 512]
    private static let lineCounts = [0, 1, 2, 5, 88, 127, 128]

    private struct Rows {
        let features: DenseMatrix<Float>
        let chosen: [Int32]
        let scales: [Float]
        let targets: [Float]

        init(_ lines: Int, order: Int) {
            var generator = SeededGenerator(seed: UInt64(1_000 * order + lines))
            func normals(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.normal()) } }
            features = DenseMatrix(rows: 40, columns: order, elements: normals(40 * order))
            chosen = (0..<lines).map { _ in Int32(generator.next(below: 40)) }
            scales = normals(lines)
            targets = normals(lines)
        }

        func x(_ line: Int, _ isBiased: Bool) -> [Double] {
            let row = features.row(Int(chosen[line])).map(Double.init)
            return isBiased ? row.dropLast() + [1] : row
        }

        func target(_ line: Int, _ isBiased: Bool) -> Double {
            Double(targets[line]) - (isBiased ? Double(features[Int(chosen[line]), features.columns - 1]) : 0)
        }
    }

    /// Symmetric and diagonally dominant.
    private func base(_ order: Int) -> DenseMatrix<Float> {
        var base = DenseMatrix<Float>(rows: order, columns: order)
        for row in 0..<order {
            for column in 0..<order {
                base[row, column] = Float((row * column) % 7) / 7 + (row == column ? Float(order) : 0)
            }
        }
        return base
    }

    @Test(arguments: Solver.allCases)
    func `three rows match hand-computed sums, solution and loss`(_ solver: Solver) throws {
        var system = SymmetricSystem(order: 2, solver: solver)
        let features = DenseMatrix<Float>(rows: 3, columns: 2, elements: [1, 0, 1, 1, 0, 1])
        system.begin()
        system.add([0, 1, 2], of: features, isBiased: false, scales: [1, 1, 1], targets: [3, 5, 1])
        system.finish()
        #expect(
            system[0, 0] == 2 && system[0, 1] == 1 && system[1, 1] == 2 && Array(system.vector.prefix(2)) == [8, 6])
        try system.factor()
        system.substitute()
        #expect(abs(system.vector[0] - 10 / 3) < 1e-6 && abs(system.vector[1] - 4 / 3) < 1e-6)
        #expect(system.squaredTargets == 35 && abs(system.leastLoss - 1.0 / 3) < 1e-5)
    }

    @Test(arguments: orders, [false, true])
    func `sums equal a triple loop`(_ order: Int, _ isBiased: Bool) {
        let base = base(order)
        var system = SymmetricSystem(order: order)
        for lines in Self.lineCounts {
            let rows = Rows(lines, order: order)
            system.begin(base: base)
            // Twice, as from two panels.
            for _ in 0..<2 {
                system.add(
                    rows.chosen[...], of: rows.features, isBiased: isBiased, scales: rows.scales, targets: rows.targets)
            }
            system.finish()
            var sums = [[Double]](repeating: Array(repeating: 0, count: order + 1), count: order)
            for line in 0..<lines {
                let weight = 2 * Double(rows.scales[line]) * Double(rows.scales[line])
                let x = rows.x(line, isBiased) + [rows.target(line, isBiased)]
                for i in 0..<order { for j in i...order { sums[i][j] += weight * x[i] * x[j] } }
            }
            var worst = 0.0
            for i in 0..<order {
                for j in i..<order {
                    worst = max(worst, abs(Double(system[i, j]) - Double(base[i, j]) - sums[i][j]))
                }
                worst = max(worst, abs(Double(system.vector[i]) - sums[i][order]))
            }
            #expect(worst < 2e-5 * Double(lines + 1) + 4e-7 * Double(order), "\(lines) lines")
        }
    }

    /// With a deviation, the solution of the transposed factor is added.
    @Test(arguments: orders, Solver.allCases)
    func `solution matches LAPACK`(_ order: Int, _ solver: Solver) throws {
        let rows = Rows(100, order: order)
        var system = SymmetricSystem(order: order, solver: solver)
        system.begin(base: base(order))
        system.add(rows.chosen[...], of: rows.features, isBiased: true, scales: rows.scales, targets: rows.targets)
        system.finish()
        var matrix = DenseMatrix<Float>(rows: order, columns: order)
        for i in 0..<order { for j in i..<order { matrix[j, i] = system[i, j] } }
        var expected = Array(system.vector.prefix(order))
        let right = expected
        try matrix.solveCholesky(&expected)
        try system.factor()
        system.substitute()
        for (found, expected) in zip(system.vector, expected) { #expect(abs(found - expected) < 2e-5) }

        var deviation = right.indices.map { Float($0 % 5) - 2 }
        system.setVector(right)
        system.substitute(deviation: deviation)
        matrix.solveTransposedFactor(&deviation)
        for index in 0..<order { #expect(abs(system.vector[index] - expected[index] - deviation[index]) < 2e-5) }
    }

    @Test(arguments: [1, 16, 17, 33, 64, 100], Solver.allCases)
    func `first non-positive minor matches LAPACK`(_ order: Int, _ solver: Solver) {
        for bad in Set([0, order / 2, order - 1]) {
            var broken = base(order)
            broken[bad, bad] = -1
            var system = SymmetricSystem(order: order, solver: solver)
            system.begin(base: broken)
            #expect(throws: CholeskyError.notPositiveDefinite(minor: bad + 1)) { try system.factor() }
            #expect(throws: CholeskyError.notPositiveDefinite(minor: bad + 1)) { try broken.factorCholesky() }
        }
        var zero = SymmetricSystem(order: order, solver: solver)
        zero.begin()
        #expect(throws: CholeskyError.notPositiveDefinite(minor: 1)) { try zero.factor() }
    }

    @Test(arguments: Solver.allCases)
    func `reused workspace gives the same solution`(_ solver: Solver) throws {
        let rows = Rows(90, order: 21)
        func solve(_ system: inout SymmetricSystem) throws -> [Float] {
            system.begin(base: base(21))
            system.add(rows.chosen[...], of: rows.features, isBiased: true, scales: rows.scales, targets: rows.targets)
            system.finish()
            try system.factor()
            system.substitute()
            return Array(system.vector.prefix(21))
        }
        var used = SymmetricSystem(order: 21, solver: solver)
        let first = try solve(&used)
        let long = Rows(128, order: 21)
        used.add(long.chosen[...], of: long.features, isBiased: false, scales: long.scales, targets: long.targets)
        #expect(try solve(&used) == first)
    }

    /// The matrix is fine, so solving succeeds; the fit reports the solution as not finite.
    @Test(arguments: Solver.allCases)
    func `overflow on the right-hand side gives a non-finite solution`(_ solver: Solver) throws {
        var system = SymmetricSystem(order: 20, solver: solver)
        system.begin(base: base(20))
        system.setVector(Array(repeating: 3e38, count: 20))
        try system.factor()
        system.substitute()
        #expect(!system.vector[..<20].allSatisfy(\.isFinite) || system.vector[..<20].allSatisfy { abs($0) > 1e30 })
    }

    @Test func `scaled matrices are added`() {
        var system = SymmetricSystem(order: 3)
        system.begin()
        system.add(base(3), times: 2)
        for i in 0..<3 { for j in i..<3 { #expect(system[i, j] == 2 * base(3)[i, j]) } }
    }
}
