import LinearAlgebra
import Testing

struct ProductSearchTests {
    private func random(_ rows: Int, _ columns: Int, _ seed: UInt64) -> DenseMatrix<Float> {
        var generator = SeededGenerator(seed: seed)
        // Small integers: products are exact in any order of summation, and ties abound.
        let elements = (0..<rows * columns).map { _ in Float(generator.next(below: 7)) - 3 }
        return DenseMatrix(rows: rows, columns: columns, elements: elements)
    }

    /// Different lengths, so that the search stops early: row i is scaled by 1 + i % 50.
    private func stretched(_ matrix: DenseMatrix<Float>) -> DenseMatrix<Float> {
        var stretched = matrix
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns { stretched[row, column] *= Float(1 + row % 50) }
        }
        return stretched
    }

    /// Less than one block, exactly one, and several with a partial last one.
    @Test(arguments: [3, 512, 1100], [1, 10])
    func `search finds the same rows as a full sort`(_ rows: Int, _ count: Int) {
        let queries = random(7, 9, 2)
        for vectors in [random(rows, 9, 1), stretched(random(rows, 9, 1))] {
            // The last query excludes nearly all rows, the others few.
            let all = Array(0..<Int32(rows))
            var excluded = (0..<6).map { query in all.filter { Int($0) % 7 == query }[...] }
            excluded.append(all.dropFirst(6))
            let found = ProductSearch(vectors).best(count, for: queries, excluding: excluded)
            for query in 0..<7 {
                let products = vectors.times(Array(queries.row(query)))
                let left = Set(0..<Int32(rows)).subtracting(excluded[query])
                let candidates: [Float] = left.map { products[Int($0)] }
                let expected = Array(candidates.sorted(by: >).prefix(count))
                let rows: [Int32] = found[query].map(\.row)
                let listed: [Float] = found[query].map(\.product)
                #expect(listed == expected)
                #expect(rows.map { products[Int($0)] } == listed)
                #expect(left.isSuperset(of: rows) && Set(rows).count == rows.count)
            }
        }
    }

    @Test func `products equal their definition`() {
        for columns in [1, 7, 8, 20, 33] {
            let matrix = random(5, columns, 3)
            let x = Array(random(1, columns, 4).row(0))
            let expected = (0..<5).map { row in zip(matrix.row(row), x).reduce(Float(0)) { $0 + $1.0 * $1.1 } }
            #expect(matrix.times(x) == expected)
            #expect(matrix.products(ofRows: [3, 0, 3], with: x) == [expected[3], expected[0], expected[3]])
        }
        #expect(DenseMatrix<Float>(rows: 0, columns: 4).times([1, 2, 3, 4]).isEmpty)
    }

    @Test func `norms are Euclidean`() {
        #expect(euclideanNorm([3, 4]) == 5)
        let matrix = random(40, 6, 5)
        let norms = (0..<40).map { euclideanNorm(matrix.row($0)) }
        #expect(ProductSearch(matrix).largestNorm == norms.reduce(0, max))
    }
}
