import LinearAlgebra
import TestSupport
import Testing

/// Forms and shared steps, checked against `Double` loops.
struct QuadraticFormsTests {
    private static func numbers(_ count: Int, seed: UInt64) -> [Float] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in Float(generator.normal()) }
    }

    /// Forms about points, each built from five feature rows.
    private struct Fixture {
        let order: Int
        let points: DenseMatrix<Float>
        let features: DenseMatrix<Float>
        let targets: [Float]
        static let count = 40

        init(order: Int) {
            self.order = order
            points = DenseMatrix(rows: Self.count, columns: order, elements: numbers(Self.count * order, seed: 1))
            features = DenseMatrix(
                rows: 5 * Self.count, columns: order, elements: numbers(5 * Self.count * order, seed: 2))
            targets = numbers(5, seed: 3)
        }

        func forms(threads: Int = 1) -> QuadraticForms {
            let ranges = stride(from: 0, to: Self.count, by: 7).map { $0..<min($0 + 7, Self.count) }
            return QuadraticForms(
                count: Self.count, order: order, ranges: ranges, threads: threads,
                workspace: { SymmetricSystem(order: order) }
            ) { rows, elements, system in
                for row in rows {
                    system.begin()
                    system.add(
                        (0..<5).map { Int32(5 * row + $0) }[...], of: features, isBiased: false,
                        scales: [1, 1, 1, 1, 1], targets: targets)
                    system.finish()
                    system.copyForm(
                        about: points.row(row), to: &elements, at: (row - rows.lowerBound) * QuadraticForms.size(order))
                }
            }
        }

        func gramian(_ row: Int, _ i: Int, _ j: Int) -> Double {
            (5 * row..<5 * row + 5).reduce(0) { $0 + Double(features[$1, i]) * Double(features[$1, j]) }
        }

        func residual(_ row: Int, _ i: Int) -> Double {
            (0..<5).reduce(0) { sum, line in
                let x = features.row(5 * row + line).map(Double.init)
                let product = zip(x, points.row(row)).reduce(0) { $0 + $1.0 * Double($1.1) }
                return sum + x[i] * (Double(targets[line]) - product)
            }
        }
    }

    @Test func `2 × 2 form matches hand-computed values`() throws {
        let features = DenseMatrix<Float>(rows: 3, columns: 2, elements: [1, 0, 1, 1, 0, 1])
        var forms = QuadraticForms(
            count: 1, order: 2, ranges: [0..<1], threads: 1, workspace: { SymmetricSystem(order: 2) }
        ) { _, elements, system in
            system.begin()
            system.add([0, 1, 2], of: features, isBiased: false, scales: [1, 1, 1], targets: [3, 5, 1])
            system.finish()
            system.copyForm(about: [0, 0], to: &elements, at: 0)
        }
        #expect(forms[0, 0, 0] == 2 && forms[0, 0, 1] == 1 && forms[0, 1, 0] == 1 && forms[0, 1, 1] == 2)
        #expect(Array(forms.residual(0)) == [8, 6])
        // The inverse of a nearly infinite system vanishes, so the step is the given one: (1, 2).
        let steps = try SharedSteps(
            count: 1, order: 2, ranges: [0..<1], threads: 1, workspace: { SymmetricSystem(order: 2) }
        ) { _, elements, system -> CholeskyError? in
            system.begin(base: DenseMatrix(rows: 2, columns: 2, elements: [1e30, 0, 0, 1e30]))
            do throws(CholeskyError) { try system.factor() } catch { return error }
            system.copyStep(from: [-1, -2], to: &elements, at: 0)
            return nil
        }
        var moved = steps
        forms.move(SparseMatrix(columns: 1, rowOffsets: [0, 1], columnIndices: [0], values: [1]), &moved)
        #expect(Array(moved[0]) == [1, 2] && Array(forms.residual(0)) == [4, 1])
        var point = DenseMatrix<Float>(rows: 1, columns: 2)
        forms.addWays(to: &point)
        #expect(point.storage == [1, 2])
    }

    @Test(arguments: [1, 2, 13, 15, 16, 17, 40])
    func `forms equal the Gramians and residuals of their rows`(_ order: Int) {
        let fixture = Fixture(order: order)
        let forms = fixture.forms()
        for row in 0..<Fixture.count {
            for i in 0..<order {
                for j in 0..<order { #expect(abs(Double(forms[row, i, j]) - fixture.gramian(row, i, j)) < 1e-5) }
                let residual = forms.residual(row)[forms.residual(row).startIndex + i]
                #expect(abs(Double(residual) - fixture.residual(row, i)) < 1e-4 * Double(order))
            }
        }
    }

    /// The reference takes the steps one by one, each solved by LAPACK with the residuals left by those before.
    @Test(arguments: [1, 2, 13, 15, 16, 17, 40])
    func `shared steps equal sequential ones`(_ order: Int) throws {
        let fixture = Fixture(order: order)
        var forms = fixture.forms()
        let weights = SparseMatrix<Float>(
            columns: Fixture.count, rowOffsets: [0, 0, 6, 7, 15],
            columnIndices: [0, 3, 4, 9, 30, 39, 4, 0, 1, 2, 3, 4, 5, 30, 39], values: Self.numbers(15, seed: 4))
        let vectors = DenseMatrix<Float>(rows: 4, columns: order, elements: Self.numbers(4 * order, seed: 5))
        var base = DenseMatrix<Float>(rows: order, columns: order)
        for i in 0..<order { base[i, i] = 2 + Float(i % 3) }
        let (before, prior) = (forms, base)
        var steps = try SharedSteps(
            count: 4, order: order, ranges: [0..<1, 1..<4], threads: 2, workspace: { SymmetricSystem(order: order) }
        ) { range, elements, system -> CholeskyError? in
            for step in range {
                let entries = weights.entries(ofRow: step)
                system.begin()
                system.add(
                    before, rows: weights.columnIndices[entries],
                    times: weights.values[entries].map { $0 * $0 }[...])
                system.addProduct(of: vectors.row(step))
                system.add(prior, times: 1)
                do throws(CholeskyError) { try system.factor() } catch { return error }
                system.substitute()
                system.copyStep(
                    from: vectors.row(step), to: &elements, at: (step - range.lowerBound) * SharedSteps.size(order))
            }
            return nil
        }
        forms.move(weights, &steps)

        var residuals = (0..<Fixture.count).map { row in (0..<order).map { fixture.residual(row, $0) } }
        var points = fixture.points
        for step in 0..<4 {
            var (matrix, right) = (base, [Float](repeating: 0, count: order))
            for i in 0..<order {
                for j in 0..<order {
                    let sum = weights.entries(ofRow: step).reduce(0.0) {
                        let weight = Double(weights.values[$1])
                        return $0 + weight * weight * fixture.gramian(Int(weights.columnIndices[$1]), i, j)
                    }
                    matrix[i, j] += Float(sum)
                    right[i] += Float(sum) * vectors[step, j]
                }
                right[i] += Float(
                    weights.entries(ofRow: step).reduce(0.0) {
                        $0 + Double(weights.values[$1]) * residuals[Int(weights.columnIndices[$1])][i]
                    })
            }
            try matrix.solveCholesky(&right)
            for i in 0..<order {
                let change = right[i] - vectors[step, i]
                #expect(abs(steps[step][steps[step].startIndex + i] - change) < 1e-3)
                for entry in weights.entries(ofRow: step) {
                    let (row, weight) = (Int(weights.columnIndices[entry]), Double(weights.values[entry]))
                    points[row, i] += Float(weight) * change
                    for j in 0..<order { residuals[row][j] -= weight * fixture.gramian(row, j, i) * Double(change) }
                }
            }
        }
        var moved = fixture.points
        forms.addWays(to: &moved)
        for row in 0..<Fixture.count {
            for i in 0..<order {
                #expect(abs(moved[row, i] - points[row, i]) < 2e-3)
                let residual = forms.residual(row)[forms.residual(row).startIndex + i]
                #expect(abs(Double(residual) - residuals[row][i]) < 2e-2)
            }
        }
    }

    @Test func `forms are identical at any thread count`() {
        let fixture = Fixture(order: 13)
        let (once, twice) = (fixture.forms(), fixture.forms(threads: 3))
        for row in 0..<Fixture.count { #expect(once.residual(row) == twice.residual(row)) }
    }
}
