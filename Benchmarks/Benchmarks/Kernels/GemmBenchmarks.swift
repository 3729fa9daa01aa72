import Inputs
import LinearAlgebra

/// Dense tiles, a·bᵀ by BLAS on one thread, and a large product: what BLAS reaches at most.
func gemmBenchmarks() {
    for (rows, depth) in [(256, 256), (512, 1024), (2048, 2048)] {
        measure(
            "gemm-\(rows)x\(rows)x\(depth)", runs: 20, counts: ["elements"], rate: "MFLOP/s",
            of: {
                BLASThreading.useSingleThread()
                return (
                    a: randomMatrix(rows: rows, columns: depth, seed: 1),
                    b: randomMatrix(rows: rows, columns: depth, seed: 2)
                )
            },
            { input in
                var tile = DenseMatrix<Float>(rows: rows, columns: rows)
                tile.multiply(input.a, transposed: input.b, accumulating: false)
                return tile
            },
            check: { input, tile in
                for (row, column) in [(0, 0), (rows / 2, 1), (rows - 1, rows - 1)] {
                    let expected = zip(input.a.row(row), input.b.row(column))
                        .reduce(0) { $0 + Double($1.0) * Double($1.1) }
                    try require(
                        abs(Double(tile[row, column]) - expected) < 1e-3 * Double(depth).squareRoot(),
                        "element (\(row), \(column)) is \(tile[row, column]), not \(expected)")
                }
                return Outcome([rows * rows], work: 2e-6 * Double(rows * rows * depth))
            })
    }
}
