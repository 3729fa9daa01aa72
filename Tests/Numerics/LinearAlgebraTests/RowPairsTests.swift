import LinearAlgebra
import Testing

struct RowPairsTests {
    @Test func `pairs within and across sides match the worked example`() {
        func pairs(isAcross: Bool) -> [[Int]] {
            let pairs = RowPairs(sides: [0, 1, 0, 1], isAcross: isAcross)
            return (0..<4).flatMap { row in
                (row + 1..<4).filter { pairs.contains(row, $0) }.map { [row, $0] }
            }
        }
        #expect(pairs(isAcross: false) == [[0, 2], [1, 3]])
        #expect(pairs(isAcross: true) == [[0, 1], [0, 3], [1, 2], [2, 3]])
        #expect(RowPairs.all(3).contains(0, 2))
    }

    /// Sides of all sizes: with empty rows, of one row, of several tiles.
    @Test(
        arguments: [(0, 40), (laneCount, 0), (laneCount, 1), (2 * laneCount, laneCount + 9), (3 * laneCount, 7)],
        [true, false])
    func `blocks have every pair of rows once and its product`(_ sizes: (Int, Int), _ isAcross: Bool) {
        let (rows, tileRows) = (sizes.0 + sizes.1, laneCount)
        var generator = SeededGenerator(seed: UInt64(rows))
        var (offsets, columns) = ([0], [Int32]())
        for row in 0..<rows {
            let density = row % 5 == 0 ? 0 : row % 7 == 0 ? 1 : 0.2
            columns += (0..<40).filter { _ in generator.uniform() < density }
            offsets.append(columns.count)
        }
        let matrix = SparseMatrix<Float>(
            columns: 40, rowOffsets: offsets, columnIndices: columns,
            values: columns.map { _ in Float(1 + generator.next(below: 10)) })
        let pairs = RowPairs(sides: (0..<rows).map { $0 < sizes.0 ? 0 : 1 }, isAcross: isAcross)
        let expected = expectedProducts(matrix, pairs)
        for (way, costs) in RowProductsTests.ways {
            let lanes = LaneMatrix(
                matrix, pairs: pairs, tileRows: tileRows, products: way, costs: costs, threads: 2
            ) { UInt16($0) }
            #expect(products(of: lanes) == expected)
        }
    }

    private struct Product: Comparable {
        let row, other: Int
        let sum: Float

        static func < (a: Product, b: Product) -> Bool { (a.row, a.other, a.sum) < (b.row, b.other, b.sum) }
    }

    /// By position: pairs of a block's lanes and its rows, those within the block once.
    private func products(of lanes: LaneMatrix<UInt16>) -> [Product] {
        let pattern = lanes.pattern
        var workspace = RowProducts(lanes, lanes)
        var all: [Product] = []
        for block in pattern.blocks {
            workspace.load(block.lanes, from: block.rows.lowerBound)
            for tile in pattern.tiles where tile.overlaps(block.rows) {
                let rows = tile.clamped(to: block.rows)
                workspace.multiply(rows)
                for row in rows {
                    for lane in block.lanes where row > lane || row < block.lanes.lowerBound {
                        let ends = [Int(pattern.rowOrder[row]), Int(pattern.rowOrder[lane])].sorted()
                        let sum = workspace.sums[(row - rows.lowerBound) * laneCount + lane - block.lanes.lowerBound]
                        all.append(Product(row: ends[0], other: ends[1], sum: sum))
                    }
                }
            }
        }
        return all.filter { $0.sum > 0 }.sorted()
    }

    private func expectedProducts(_ matrix: SparseMatrix<Float>, _ pairs: RowPairs) -> [Product] {
        let dense = (0..<matrix.rows).map { row in
            matrix.entries(ofRow: row).reduce(into: [Float](repeating: 0, count: matrix.columns)) {
                $0[Int(matrix.columnIndices[$1])] = matrix.values[$1]
            }
        }
        return (0..<matrix.rows).flatMap { row in
            (row + 1..<max(row + 1, matrix.rows)).filter { pairs.contains(row, $0) }.map { other in
                Product(row: row, other: other, sum: zip(dense[row], dense[other]).reduce(0) { $0 + $1.0 * $1.1 })
            }
        }.filter { $0.sum > 0 }.sorted()
    }
}
