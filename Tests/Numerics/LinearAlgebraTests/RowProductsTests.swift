import LinearAlgebra
import Testing

struct RowProductsTests {
    /// Each way alone, and costs that mix them.
    static let ways: [(products: Products, costs: ProductCosts)] = [
        (.lanes, ProductCosts(entry: 1, pair: 1e9, step: 1e9, dense: 1e9)),
        (.lanes, ProductCosts(entry: 1, pair: 0, step: 0, dense: 1e9)),
        (.blas, .typical(UInt16.self)),
        (.auto, ProductCosts(entry: 1, pair: 1e9, step: 1e9, dense: 0)),
        (.auto, ProductCosts(entry: 3.5, pair: 1, step: 0.01, dense: 1)),
        (.auto, ProductCosts(entry: 1, pair: 1e9, step: 1e9, dense: 0.4)),
        (.auto, .typical(UInt16.self)),
    ]

    private func lanes<Element: LaneScalar>(
        _ matrix: SparseMatrix<Float>, _ way: Int = ways.count - 1, tileRows: Int = laneCount, threads: Int = 2,
        convert: @Sendable (Float) -> Element
    ) -> LaneMatrix<Element> {
        let (products, costs) = Self.ways[way]
        return LaneMatrix(
            matrix, tileRows: tileRows, products: products, costs: costs, threads: threads, convert: convert)
    }

    /// Integers up to `largest`, mostly in the first columns; a few rows are full and one is empty.
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

    /// All row products, by a double loop over dense rows.
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

    /// All products of all tiles by original row: each block with the rows from its own on.
    private func products<Element: LaneScalar>(
        _ a: LaneMatrix<Element>, _ b: LaneMatrix<Element>
    ) -> [(row: Int, lane: Int, sum: Double)] {
        var workspace = RowProducts(a, b)
        let pattern = a.pattern
        var all: [(row: Int, lane: Int, sum: Double)] = []
        for start in stride(from: 0, to: pattern.occupiedRows, by: laneCount) {
            let block = start..<min(start + laneCount, pattern.occupiedRows)
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

    @Test(
        arguments: 0..<ways.count,
        [(rows: 40, columns: 30), (rows: 300, columns: 200), (rows: 1, columns: 5), (rows: 60, columns: 2_100)])
    func `integer products are exact`(_ way: Int, _ shape: (rows: Int, columns: Int)) {
        let matrix = matrix(rows: shape.rows, columns: shape.columns, largest: 10, seed: 1)
        let lanes = lanes(matrix, way) { UInt16($0) }
        let expected = reference(matrix)
        let found = products(lanes, lanes)
        // The fourth row is empty and omitted.
        let rows = shape.rows - (shape.rows > 3 ? 1 : 0)
        #expect(lanes.pattern.occupiedRows == rows)
        #expect(found.count >= rows * (rows + 1) / 2)
        #expect(found.allSatisfy { $0.sum == expected[$0.row][$0.lane] })
        // Other values on the same pattern, on one side only.
        let squares = products(lanes.mapValues { $0 * $0 }, lanes)
        let expectedSquares = reference(matrix) { $0 * $0 }
        #expect(squares.allSatisfy { $0.sum == expectedSquares[$0.lane][$0.row] })
    }

    /// 50 products of numbers up to 36 fit into 16 bits and 51 may not, so rows of 900 are summed in pieces.
    @Test func `long rows do not overflow 16 bits`() {
        let count = 900
        let matrix = SparseMatrix<Float>(
            columns: count, rowOffsets: [0, count, 2 * count],
            columnIndices: Array(0..<Int32(count)) + Array(0..<Int32(count)),
            values: Array(repeating: 36, count: 2 * count))
        let lanes = lanes(matrix, 0) { UInt16($0) }
        #expect(UInt16.longestPiece(36, 36) == 50)
        #expect(products(lanes, lanes).allSatisfy { $0.sum == 36 * 36 * 900 })
    }

    @Test(arguments: 0..<ways.count)
    func `Double and Float products stay within rounding error`(_ way: Int) {
        let matrix = matrix(rows: 200, columns: 150, largest: 7, seed: 2)
        let expected = (0..<200).map { row in (0..<200).map { dot(matrix, row, $0) } }
        let doubles = lanes(matrix, way) { Double($0) - 3.3 }
        #expect(products(doubles, doubles).allSatisfy { abs($0.sum - expected[$0.row][$0.lane]) < 1e-9 })
        let floats = lanes(matrix, way) { $0 - 3.3 }
        #expect(products(floats, floats).allSatisfy { abs($0.sum - expected[$0.row][$0.lane]) < 1e-3 })
    }

    /// With BLAS alone, `gemm` does every multiply-add, padded lanes included; with lanes, none.
    @Test func `multiply-adds are counted by the way that did them`() {
        let matrix = matrix(rows: 60, columns: 40, largest: 5, seed: 6)
        func counts(_ way: Int) -> OperationCounts {
            let before = OperationCounts.current
            let lanes = lanes(matrix, way) { UInt16($0) }
            _ = products(lanes, lanes)
            return OperationCounts.since(before)
        }
        // Tests run in parallel, so the process may count more.
        #expect(counts(2).blasMultiplyAdds >= 59 * laneCount * 40)
        #expect(counts(0).laneMultiplyAdds >= laneCount * matrix.count)
        #expect(counts(1).pairMultiplyAdds > 0)
    }

    @Test func `dense matrices go to BLAS and sparse ones to lanes`() {
        func isForBLAS(density: Double) -> Bool {
            var generator = SeededGenerator(seed: 8)
            var (offsets, columns): ([Int], [Int32]) = ([0], [])
            for _ in 0..<500 {
                columns += (0..<300).filter { _ in generator.uniform() < density }
                offsets.append(columns.count)
            }
            let matrix = SparseMatrix<Float>(
                columns: 300, rowOffsets: offsets, columnIndices: columns, values: columns.map { _ in 1 })
            return lanes(matrix) { UInt16($0) }.pattern.usesBLASAlone
        }
        #expect(isForBLAS(density: 0.95) && !isForBLAS(density: 0.06))
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

    @Test func `findReaching returns the products above their bound`() {
        let matrix = matrix(rows: 131, columns: 40, largest: 10, seed: 3)
        let lanes = lanes(matrix, tileRows: 2 * laneCount) { UInt16($0) }
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

    @Test func `rows are ordered from heaviest to lightest`() {
        let matrix = matrix(rows: 60, columns: 20, largest: 3, seed: 5)
        let lanes = lanes(matrix) { UInt16($0) }
        let counts = lanes.pattern.rowOrder.map { matrix.entries(ofRow: Int($0)).count }
        #expect(counts == counts.sorted(by: >))
        #expect(Set(lanes.pattern.rowOrder) == Set(0..<60))
    }
}
