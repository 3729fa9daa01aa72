import LinearAlgebra
import Testing

/// Checked against `Double` sums, at orders and row counts on both sides of the kernel's block sizes.
struct BiasedRowsTests {
    private static let orders = [1, 2, 7, 8, 13, 14, 15, 16, 17, 31, 32, 40, 65]

    private struct Sample {
        let vectors: DenseMatrix<Float>
        let rows: [Int32]
        let targets: [Float]
        let weights: [Float]

        init(_ lines: Int, order: Int) {
            var generator = SeededGenerator(seed: UInt64(1_000 * order + lines))
            func normals(_ count: Int) -> [Float] { (0..<count).map { _ in Float(generator.normal()) } }
            vectors = DenseMatrix(rows: 40, columns: order, elements: normals(40 * order))
            rows = (0..<lines).map { _ in Int32(generator.next(below: 40)) }
            targets = normals(lines)
            weights = normals(40).map { $0 * $0 }
        }

        func x(_ line: Int) -> [Double] { vectors.row(Int(rows[line])).dropLast().map(Double.init) + [1] }

        func bias(_ line: Int) -> Double { Double(vectors[Int(rows[line]), vectors.columns - 1]) }
    }

    @Test func `residuals match a hand-computed example`() {
        let rows = BiasedRows(DenseMatrix(rows: 1, columns: 3, elements: [3, 4, 9]))
        var residuals: [Float] = [0, 7]
        var span = residuals.mutableSpan
        rows.residuals([30], ofRows: [0], with: [1, 2, 5], into: &span, at: 0)
        #expect(residuals == [5, 7])
    }

    @Test(arguments: orders)
    func `normal equations match a triple loop`(_ order: Int) {
        var base = DenseMatrix<Float>(rows: order, columns: order)
        for row in 0..<order { for column in 0..<order { base[row, column] = Float((row * column) % 7) } }
        var system = SymmetricSystem(order: order)
        for lines in [0, 1, 2, 33, 128, 300] {
            let sample = Sample(lines, order: order)
            let features = BiasedRows(sample.vectors)
            system.begin(base: base)
            // `add` accumulates.
            system.addToVector(Array(repeating: 2, count: order)[...])
            system.add(
                sample.rows[...], of: features, weight: 0.5, weights: sample.weights, targets: sample.targets[...])
            for i in 0..<order {
                var (sums, right) = ((0..<order).map { Double(base[i, $0]) }, 2.0)
                for line in 0..<lines {
                    let (x, weight) = (sample.x(line), 0.5 * Double(sample.weights[Int(sample.rows[line])]))
                    for j in i..<order { sums[j] += weight * x[i] * x[j] }
                    right += weight * x[i] * (Double(sample.targets[line]) - sample.bias(line))
                }
                let bound = 1e-5 * Double(10 + lines)
                for j in i..<order { #expect(abs(Double(system[i, j]) - sums[j]) < bound) }
                #expect(abs(Double(system.vector[i]) - right) < bound)
            }
        }
    }

    @Test(arguments: orders)
    func `residuals match a plain loop and stay within their range`(_ order: Int) {
        let sample = Sample(33, order: order)
        let w = sample.vectors.row(7)
        var residuals = [Float](repeating: 7, count: 36)
        var span = residuals.mutableSpan
        BiasedRows(sample.vectors).residuals(
            sample.targets[...], ofRows: sample.rows[...], with: w, into: &span, at: 2)
        for line in 0..<33 {
            let product = zip(sample.x(line), w).reduce(sample.bias(line)) { $0 + $1.0 * Double($1.1) }
            #expect(abs(Double(residuals[line + 2]) - Double(sample.targets[line]) + product) < 1e-4)
        }
        #expect(residuals[..<2] == [7, 7] && residuals[35] == 7)
    }
}
