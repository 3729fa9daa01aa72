import Inputs
import LinearAlgebra
import Ratings

/// Tiles of all pairs, made in each of the three ways alone: a block of 128 rows against four tiles of 1,024.
///
/// The dense way counts all its multiply-adds, zeros among them; beside `gemm-2048x2048x2048` it tells which share of BLAS'
/// rate a tile reaches. The others count products of two ratings.
func tileBenchmarks() {
    let never = 1e9
    tile("dense", .auto, ProductCosts(entry: 1, pair: never, step: never, dense: 0), unit: "MFLOP/s") { matrix, _ in
        2e-6 * Double(laneCount) * Double(matrix.rows) * Double(matrix.columns)
    }
    tile("lanes", .lanes, ProductCosts(entry: 1, pair: never, step: never, dense: never), unit: "Kproducts/s") {
        1e-3 * $1
    }
    tile("tail", .lanes, ProductCosts(entry: 1, pair: 0, step: 0, dense: never), unit: "Kproducts/s") { 1e-3 * $1 }
}

private func tile(
    _ name: String, _ way: Products, _ costs: ProductCosts, unit: String,
    work: @escaping (_ matrix: SparseMatrix<Float>, _ products: Double) -> Double
) {
    let (tileRows, tiles, repeats) = (8 * laneCount, 4, 5)
    measure(
        "tile-\(name)-\(tileRows)x\(laneCount)x512", runs: 20, counts: ["products"], rate: unit,
        of: {
            let matrix = randomRatings(rows: tiles * tileRows, columns: 512)
            let lanes = LaneMatrix(matrix, tileRows: tileRows, products: way, costs: costs, threads: 1) { UInt16($0) }
            return (matrix: matrix, lanes: lanes)
        },
        { input in
            var products = RowProducts(input.lanes, input.lanes)
            for _ in 0..<repeats {
                products.load(0..<laneCount)
                for rows in input.lanes.pattern.tiles { products.multiply(rows) }
            }
            return products.sums
        },
        check: { input, sums in
            let order = input.lanes.pattern.rowOrder
            let last = (tiles - 1) * tileRows
            for (row, lane) in [(0, 0), (1, 5), (tileRows / 2, laneCount - 1), (tileRows - 1, 0)] {
                let expected = product(input.matrix, Int(order[last + row]), Int(order[lane])).sum
                try require(sums[row * laneCount + lane] == expected, "rows \(row) and \(lane)")
            }
            let products = order.indices.reduce(0) { total, row in
                total
                    + (0..<laneCount).reduce(0) {
                        $0 + product(input.matrix, Int(order[row]), Int(order[$1])).shared
                    }
            }
            return Outcome([products], work: Double(repeats) * work(input.matrix, Double(products)))
        })
}

/// One entry in eight is rated, from 1 to 10.
private func randomRatings(rows: Int, columns: Int) -> SparseMatrix<Float> {
    var generator = SeededGenerator(seed: 1)
    var offsets = [0]
    var indices: [Int32] = []
    for _ in 0..<rows {
        indices += (0..<Int32(columns)).filter { _ in generator.next(below: 8) == 0 }
        offsets.append(indices.count)
    }
    let values = indices.map { _ in Float(1 + generator.next(below: 10)) }
    return SparseMatrix(columns: columns, rowOffsets: offsets, columnIndices: indices, values: values)
}

/// The product of two rows and the number of columns that both have.
private func product(_ matrix: SparseMatrix<Float>, _ row: Int, _ other: Int) -> (sum: Float, shared: Int) {
    var result: (sum: Float, shared: Int) = (0, 0)
    var (i, j) = (matrix.rowOffsets[row], matrix.rowOffsets[other])
    while i < matrix.rowOffsets[row + 1], j < matrix.rowOffsets[other + 1] {
        let (left, right) = (matrix.columnIndices[i], matrix.columnIndices[j])
        if left == right {
            result.sum += matrix.values[i] * matrix.values[j]
            result.shared += 1
        }
        i += left <= right ? 1 : 0
        j += right <= left ? 1 : 0
    }
    return result
}
