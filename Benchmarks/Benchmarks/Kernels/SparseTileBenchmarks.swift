import Inputs
import LinearAlgebra
import Ratings

/// A tile of ratings unpacked from the sparse matrix.
func sparseTileBenchmarks() {
    let side = 512
    measure(
        "sparse-tile-\(side)x\(side)", runs: 20, counts: ["entries"], rate: "entries/s",
        of: { try ratingMatrix("100k").byUser },
        { matrix in
            var tile = DenseMatrix<Float>(rows: side, columns: side)
            _ = matrix.copyBlock(rows: 0..<side, columns: 0..<side, as: .values, into: &tile)
            return tile
        },
        check: { matrix, tile in
            var entries = 0
            for row in 0..<side {
                for entry in matrix.entries(ofRow: row) where matrix.columnIndices[entry] < side {
                    entries += 1
                    let column = Int(matrix.columnIndices[entry])
                    try require(tile[row, column] == matrix.values[entry], "entry (\(row), \(column))")
                }
            }
            try require(tile.storage.count { $0 != 0 } == entries, "more than the \(entries) entries")
            return Outcome([entries], work: Double(entries))
        })
}
