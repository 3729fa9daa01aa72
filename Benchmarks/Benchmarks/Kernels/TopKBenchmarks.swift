import Inputs
import LinearAlgebra

/// The 50 best of each row out of tiles of scores.
func topKBenchmarks() {
    let (side, tiles, capacity) = (512, 8, 50)
    measure(
        "top-\(capacity)-of-\(tiles)-tiles-\(side)x\(side)", runs: 20, counts: ["kept"], rate: "Kscores/s",
        of: { (0..<tiles).map { randomMatrix(rows: side, columns: side, seed: UInt64($0)) } },
        { input in
            var best = TopK(rows: side, capacity: capacity)
            for (index, tile) in input.enumerated() {
                best.offerRows(of: tile, firstIndex: index * side)
            }
            return best
        },
        check: { input, best in
            for row in [0, side / 2, side - 1] {
                let scores = input.flatMap { Array($0.row(row)) }
                let expected = scores.enumerated().sorted { ($1.element, $0.offset) < ($0.element, $1.offset) }
                    .prefix(capacity)
                try require(
                    best.best(ofRow: row).map { Int($0.index) } == expected.map(\.offset), "the best of row \(row)")
            }
            return Outcome([side * capacity], work: 1e-3 * Double(tiles * side * side))
        })
}
