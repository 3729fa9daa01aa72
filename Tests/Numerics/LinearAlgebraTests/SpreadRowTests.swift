import LinearAlgebra
import Testing

struct SpreadRowTests {
    /// Rows of 0 to 40 entries, with values whose sums depend on the order of summation.
    private let matrix: SparseMatrix<Double> = {
        var generator = SeededGenerator(seed: 1)
        var (offsets, columns, values): ([Int], [Int32], [Double]) = ([0], [], [])
        for row in 0..<30 {
            for column in 0..<60 where generator.uniform() < Double(row % 10) / 14 {
                columns.append(Int32(column))
                values.append(generator.normal() * Double(1 + 1_000 * (column % 3)))
            }
            offsets.append(columns.count)
        }
        return SparseMatrix(columns: 60, rowOffsets: offsets, columnIndices: columns, values: values)
    }()

    private func reference(_ row: Int, _ other: Int) -> Double {
        var sum = 0.0
        for entry in matrix.entries(ofRow: row) {
            for partner in matrix.entries(ofRow: other)
            where matrix.columnIndices[partner] == matrix.columnIndices[entry] {
                sum += matrix.values[entry] * matrix.values[partner]
            }
        }
        return sum
    }

    @Test(arguments: [0, 1, 3, 4, 5, 8, 30])
    func `products equal a plain loop bit for bit`(_ count: Int) {
        var row = SpreadRow(matrix)
        var products = [Double](repeating: .nan, count: 30)
        for user in [7, 0, 29, 9] {
            row.take(user)
            let others = (0..<Int32(count)).map { ($0 * 7 + 3) % 30 }
            row.products(with: others[...], into: &products)
            for (place, other) in others.enumerated() { #expect(products[place] == reference(user, Int(other))) }
        }
    }

    @Test func `product matches the worked example`() {
        let matrix = SparseMatrix<Double>(
            columns: 3, rowOffsets: [0, 2, 4], columnIndices: [0, 1, 0, 2], values: [1, 2, 3, 4])
        var row = SpreadRow(matrix)
        row.take(0)
        var products = [0.0]
        row.products(with: [1], into: &products)
        #expect(products == [3])
    }
}
