/// The positions of a `LaneMatrix`'s entries, and how each is multiplied.
public struct LanePattern: Sendable {
    /// The original row at each position: most entries first, then by index; of two sides, one after the other.
    public let rowOrder: [Int32]
    /// The blocks of rows to multiply, and with which rows; together they have every pair of non-empty rows once.
    public let blocks: [LaneBlock]
    /// Rows from here on are empty.
    public let occupiedRows: Int
    /// Rows per tile; tiles start at multiples of it.
    public let tileRows: Int
    /// Whether BLAS multiplies all columns of all tiles.
    public let usesBLASAlone: Bool
    /// Columns from here on form the tail.
    let headColumns: Int
    /// The number of dense columns of each tile.
    let denseColumns: [Int]

    /// The entries of the row at position p: `starts[p] ..< denseEnds[p]` in the tile's dense columns, from there up to
    /// `headEnds[p]` in the rest of the head, from there up to `starts[p + 1]` in the tail.
    let starts: [Int]
    let denseEnds: [Int]
    let headEnds: [Int]
    let columnIndices: [Int32]

    /// The positions of rows with an entry in tail column `headColumns + t`, ascending: `raterStarts[t] ..<
    /// raterStarts[t + 1]` in `raters`.
    let raterStarts: [Int]
    let raters: [Int32]

    /// Keeps a block's panel in a core's L2 cache; beyond it an entry costs five times as much.
    static let mostPanelBytes = 1 << 20
    /// Keeps a tile's dense columns in the caches with the block's.
    static let mostDenseColumns = 1024

    /// The number of rows.
    public var rows: Int { rowOrder.count }

    /// The row ranges of the tiles, which cover all non-empty rows.
    public var tiles: [Range<Int>] { Parallel.ranges(occupiedRows, of: tileRows) }

    init(
        _ order: LaneOrder, columnIndices: [Int32], elementBytes: Int, tileRows: Int, products: Products,
        costs: ProductCosts, threads: Int
    ) {
        precondition(tileRows > 0 && tileRows % laneCount == 0, "tileRows is a multiple of laneCount")
        let work = ProductWork(order, tileRows: tileRows, costs)
        usesBLASAlone = products == .blas || products == .auto && work.isForBLASAlone
        occupiedRows = order.occupiedRows
        blocks = order.blocks
        let (rows, starts, usesBLASAlone) = (order.occupiedRows, order.starts, usesBLASAlone)
        let head =
            usesBLASAlone
            ? work.columns : min(work.headColumns, Self.mostPanelBytes / (laneCount * elementBytes))
        let tiles = Parallel.ranges(rows, of: tileRows)
        let ends = Parallel.map(tiles.count, threads: threads) { tile in
            let rows = tiles[tile]
            let width =
                switch products {
                case _ where usesBLASAlone: head
                case .lanes: 0
                case .auto, .blas:
                    Self.denseColumns(
                        columnIndices[starts[rows.lowerBound]..<starts[rows.upperBound]], rows: rows.count,
                        below: head, costs)
                }
            func ends(_ column: Int) -> [Int] {
                rows.map { Self.firstEntry(from: column, in: starts[$0]..<starts[$0 + 1], columnIndices) }
            }
            return (width: width, dense: ends(width), head: ends(head))
        }
        let headEnds = ends.flatMap(\.head)
        headColumns = head
        self.headEnds = headEnds
        rowOrder = order.rows
        self.tileRows = tileRows
        denseColumns = ends.map(\.width)
        denseEnds = ends.flatMap(\.dense)
        self.starts = starts
        self.columnIndices = columnIndices

        var raterStarts = [0]
        for count in order.columnCounts[head...] { raterStarts.append(raterStarts[raterStarts.count - 1] + count) }
        var next = raterStarts
        var raters = [Int32](repeating: 0, count: raterStarts[raterStarts.count - 1])
        for row in 0..<rows {
            for entry in headEnds[row]..<starts[row + 1] {
                let column = Int(columnIndices[entry]) - head
                raters[next[column]] = Int32(row)
                next[column] += 1
            }
        }
        self.raterStarts = raterStarts
        self.raters = raters
    }

    /// The first entry of a row at or after a column of the head.
    func firstEntry(ofRow row: Int, from column: Int) -> Int {
        column == 0 ? starts[row] : Self.firstEntry(from: column, in: starts[row]..<headEnds[row], columnIndices)
    }

    /// The index of the first rater at or after a position.
    func firstRater(from position: Int, in raterRange: Range<Int>) -> Int {
        Self.firstEntry(from: position, in: raterRange, raters)
    }

    /// Reorders one value per entry into one per rater of the tail.
    func raterEntries<Element: LaneScalar>(_ values: [Element]) -> [Element] {
        var next = raterStarts
        var result = [Element](repeating: .zero, count: raters.count)
        for row in 0..<occupiedRows {
            for entry in headEnds[row]..<starts[row + 1] {
                let column = Int(columnIndices[entry]) - headColumns
                result[next[column]] = values[entry]
                next[column] += 1
            }
        }
        return result
    }

    /// How many leading columns of a tile are cheaper by BLAS, in steps of 64.
    private static func denseColumns(
        _ columns: ArraySlice<Int32>, rows: Int, below head: Int, _ costs: ProductCosts
    ) -> Int {
        let step = 64
        let most = min(head, mostDenseColumns)
        var counts = [Int](repeating: 0, count: most / step + 1)
        for column in columns where column < most { counts[Int(column) / step] += 1 }
        var best = (saving: 0.0, width: 0)
        var saving = 0.0
        for (index, count) in counts.enumerated() {
            let width = min((index + 1) * step, most) - index * step
            saving += Double(count) * costs.entry - Double(rows * width) * costs.dense
            if saving > best.saving { best = (saving, index * step + width) }
        }
        return best.width
    }

    /// Binary search.
    private static func firstEntry(from least: Int, in range: Range<Int>, _ numbers: [Int32]) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if numbers[middle] < least { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
