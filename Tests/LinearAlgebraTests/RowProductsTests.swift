import LinearAlgebra
import Testing

struct RowProductsTests {
    /// Costs that send every entry one way, and some that mix them.
    static let costs: [ProductCosts] = [
        ProductCosts(entry: 1, pair: 1e9, step: 1e9, dense: 1e9),
        ProductCosts(entry: 1, pair: 0, step: 0, dense: 1e9),
        ProductCosts(entry: 1, pair: 1e9, step: 1e9, dense: 0),
        ProductCosts(entry: 3.5, pair: 1, step: 0.01, dense: 1),
        .typical,
    ]

    /// Whole numbers up to `largest`, most in the first columns; a few rows are full and one is empty.
    private func matrix(rows: Int, columns: Int, largest: Int, seed: UInt64) -> SparseMatrix<Float> {
        var generator = SeededGenerator(seed: seed)
        var offsets = [0]
        var indices: [Int32] = []
        var values: [Float] = []
        for row in 0..<rows {
            for column in 0..<columns where row != 3 {
                let density = row % 50 == 0 ? 1 : 4 / Double(4 + column)
                if generator.uniform() < density {
                    indices.append(Int32(column))
                    values.append(Float(1 + generator.next(below: largest)))
                }
            }
            offsets.append(indices.count)
        }
        return SparseMatrix(columns: columns, rowOffsets: offsets, columnIndices: indices, values: values)
    }

    /// Every product of two rows, by the double loop over dense rows.
    private func reference(_ a: SparseMatrix<Float>, _ transform: (Double) -> Double = { $0 }) -> [[Double]] {
        let dense = (0..<a.rows).map { row -> [Double] in
            var line = [Double](repeating: 0, count: a.columns)
            for entry in a.entries(ofRow: row) { line[Int(a.columnIndices[entry])] = Double(a.values[entry]) }
            return line
        }
        return dense.map { left in
            dense.map { right in
                var sum = 0.0
                for column in 0..<a.columns where left[column] != 0 && right[column] != 0 {
                    sum += transform(left[column]) * right[column]
                }
                return sum
            }
        }
    }

    /// All products that the tiles make, by original rows: those of each block with the rows from its own on.
    private func products<Element: LaneScalar>(
        _ a: LaneMatrix<Element>, _ b: LaneMatrix<Element>
    ) -> [(row: Int, lane: Int, sum: Double)] {
        var workspace = RowProducts(a, b)
        let pattern = a.pattern
        var all: [(row: Int, lane: Int, sum: Double)] = []
        for start in stride(from: 0, to: pattern.rows, by: laneCount) {
            let block = start..<min(start + laneCount, pattern.rows)
            workspace.load(block)
            for tile in pattern.tiles where tile.upperBound > start {
                let rows = max(tile.lowerBound, start)..<tile.upperBound
                workspace.multiply(rows)
                for row in rows {
                    for lane in block {
                        let sum = workspace.sums[(row - rows.lowerBound) * laneCount + lane - start]
                        all.append(
                            (Int(pattern.rowOrder[row]), Int(pattern.rowOrder[lane]), Double(sum)))
                    }
                }
            }
        }
        return all
    }

    @Test(arguments: 0..<5, [(rows: 40, columns: 30), (rows: 300, columns: 200), (rows: 1, columns: 5)])
    func integersAreExact(_ costs: Int, _ shape: (rows: Int, columns: Int)) {
        let matrix = matrix(rows: shape.rows, columns: shape.columns, largest: 10, seed: 1)
        let lanes = LaneMatrix(matrix, tileRows: laneCount, costs: Self.costs[costs], threads: 2) { UInt16($0) }
        let expected = reference(matrix)
        let found = products(lanes, lanes)
        #expect(found.count >= shape.rows * (shape.rows + 1) / 2)
        #expect(found.allSatisfy { $0.sum == expected[$0.row][$0.lane] })
        // Other values on the same pattern, on one side alone.
        let squares = products(lanes.mapValues { $0 * $0 }, lanes)
        let expectedSquares = reference(matrix) { $0 * $0 }
        #expect(squares.allSatisfy { $0.sum == expectedSquares[$0.lane][$0.row] })
    }

    /// Fifty products of numbers up to 36 fit into sixteen bits and fifty-one may not, so rows of 900 are summed in pieces.
    @Test func longRowsDoNotOverflow() {
        let count = 900
        let matrix = SparseMatrix<Float>(
            columns: count, rowOffsets: [0, count, 2 * count],
            columnIndices: Array(0..<Int32(count)) + Array(0..<Int32(count)),
            values: Array(repeating: 36, count: 2 * count))
        let lanes = LaneMatrix(matrix, tileRows: laneCount, costs: Self.costs[0], threads: 1) { UInt16($0) }
        #expect(UInt16.longestPiece(36, 36) == 50)
        #expect(products(lanes, lanes).allSatisfy { $0.sum == 36 * 36 * 900 })
    }

    @Test(arguments: 0..<5)
    func doublesRoundAtMost(_ costs: Int) {
        let matrix = matrix(rows: 200, columns: 150, largest: 7, seed: 2)
        let lanes = LaneMatrix(matrix, tileRows: laneCount, costs: Self.costs[costs], threads: 2) {
            Double($0) - 3.3
        }
        let shifted = matrix.withValues(matrix.values.map { $0 })
        let expected = (0..<200).map { row in (0..<200).map { dot(shifted, row, $0) } }
        #expect(products(lanes, lanes).allSatisfy { abs($0.sum - expected[$0.row][$0.lane]) < 1e-9 })
    }

    private func dot(_ matrix: SparseMatrix<Float>, _ row: Int, _ other: Int) -> Double {
        let line = Dictionary(
            uniqueKeysWithValues: matrix.entries(ofRow: row).map {
                (matrix.columnIndices[$0], Double(matrix.values[$0]) - 3.3)
            })
        return matrix.entries(ofRow: other).reduce(0) {
            $0 + (line[matrix.columnIndices[$1]] ?? 0) * (Double(matrix.values[$1]) - 3.3)
        }
    }

    @Test func findsWhatExceedsItsBound() {
        let matrix = matrix(rows: 130, columns: 40, largest: 10, seed: 3)
        let lanes = LaneMatrix(matrix, tileRows: 2 * laneCount, costs: .typical, threads: 1) { UInt16($0) }
        var workspace = RowProducts(lanes, lanes)
        workspace.load(0..<laneCount)
        workspace.multiply(0..<130)
        var generator = SeededGenerator(seed: 4)
        func random(_ count: Int, _ scale: Double) -> [Float] {
            (0..<count).map { _ in Float(scale * generator.uniform()) }
        }
        let (rowNorms, rowBounds) = (random(10, 100), random(10, 1))
        let (laneNorms, laneBounds) = (random(laneCount, 10), random(laneCount, 1))
        var found = [Int32](repeating: -1, count: 10 * laneCount)
        let count = workspace.findReaching(
            120..<130, rowNorms: rowNorms, rowBounds: rowBounds, laneNorms: laneNorms, laneBounds: laneBounds,
            into: &found)
        let expected = (120 * laneCount..<130 * laneCount).filter { place in
            let (row, lane) = (place / laneCount - 120, place % laneCount)
            return workspace.sums[place] > min(laneBounds[lane], rowBounds[row]) * laneNorms[lane] * rowNorms[row]
        }
        #expect(found[..<count].map { Int($0) } == expected)
        #expect(count > 0 && count < 10 * laneCount)
    }

    @Test func theHeaviestRowsComeFirst() {
        let matrix = matrix(rows: 60, columns: 20, largest: 3, seed: 5)
        let lanes = LaneMatrix(matrix, tileRows: laneCount, costs: .typical, threads: 1) { UInt16($0) }
        let counts = lanes.pattern.rowOrder.map { matrix.entries(ofRow: Int($0)).count }
        #expect(counts == counts.sorted(by: >))
        #expect(Set(lanes.pattern.rowOrder) == Set(0..<60))
    }
}
