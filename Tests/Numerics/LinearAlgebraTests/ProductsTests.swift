import LinearAlgebra
import Testing

struct ProductsTests {
    @Test(arguments: [1, 7, 16, 33, 65, 512])
    func `row products equal a double loop, with and without bias`(_ columns: Int) {
        var generator = SeededGenerator(seed: UInt64(columns))
        let matrix = DenseMatrix<Float>(
            rows: 9, columns: columns, elements: (0..<9 * columns).map { _ in Float(generator.normal()) })
        let w = (0..<columns).map { _ in Float(generator.normal()) }
        for rows in [[], [4], [8, 0, 3, 3, 5]] as [[Int32]] {
            for isBiased in [false, true] {
                var products = [Float](repeating: -1, count: rows.count + 1)
                var span = products.mutableSpan
                matrix.products(ofRows: rows[...], with: w[...], isBiased: isBiased, into: &span)
                for (place, row) in rows.enumerated() {
                    let x = matrix.row(Int(row)).map(Double.init)
                    let seen = isBiased ? x.dropLast() + [1] : x
                    let expected = zip(seen, w).reduce(isBiased ? x[columns - 1] : 0) { $0 + $1.0 * Double($1.1) }
                    #expect(abs(Double(products[place]) - expected) < 1e-4)
                }
                #expect(products.last == -1)
            }
        }
    }
}
