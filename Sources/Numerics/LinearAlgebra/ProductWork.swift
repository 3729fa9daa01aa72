/// The cost of the products of some pairs of rows of a matrix by each kernel, in nanoseconds on one thread.
///
/// Empty rows and columns cost nothing.
struct ProductWork {
    /// Non-empty columns.
    let columns: Int
    /// The number of columns before the first one that is cheaper pair by pair.
    let headColumns: Int
    /// Every dense row against the blocks it meets; infinite if at least nine tenths are empty.
    let blas: Double
    /// Every entry against the blocks it meets by lanes, or pair by pair if cheaper.
    let lanes: Double

    /// Whether BLAS is at most a tenth slower.
    var isForBLASAlone: Bool { lanes > 0 && blas <= 1.1 * lanes }

    /// A column of c entries costs c · b entries against lanes, b the mean number of blocks an entry meets, and c²/2 pairs,
    /// or their share among the pairs that are multiplied, with c steps for every tile a block meets.
    init(_ order: LaneOrder, tileRows: Int, _ costs: ProductCosts) {
        let (starts, counts) = (order.starts, order.columnCounts)
        let rows = order.starts.indices.dropLast().count { starts[$0] < starts[$0 + 1] }
        columns = counts.firstIndex(of: 0) ?? counts.count
        var (met, tiles, blockRows, products) = (0.0, 0.0, 0.0, 0.0)
        for block in order.blocks {
            let entries = starts[block.lanes.upperBound] - starts[block.lanes.lowerBound]
            met += Double(starts[block.rows.upperBound] - starts[block.rows.lowerBound])
            tiles += Double(entries) * Double(block.rows.count) / Double(tileRows)
            blockRows += Double(block.rows.count)
            products += Double(block.lanes.count * block.rows.count)
        }
        let entries = Double(max(1, starts[starts.count - 1]))
        let lanesOfEntry = met / entries * costs.entry
        let share = products / max(1, Double(rows) * Double(rows) / 2)
        func pairs(_ count: Int) -> Double { Double(count) / 2 * share * costs.pair + tiles / entries * costs.step }
        headColumns = counts.firstIndex { pairs($0) < lanesOfEntry } ?? counts.count
        lanes = counts.reduce(0) { $0 + Double($1) * min(lanesOfEntry, pairs($1)) }
        blas =
            !Self.isDense(rows, columns, starts[starts.count - 1])
            ? .infinity : blockRows * Double(columns) * costs.dense
    }

    /// Whether a matrix could be multiplied by BLAS alone, for any pattern and costs.
    static func mayUseBLASAlone(_ products: Products, rows: Int, columns: Int, entries: Int) -> Bool {
        products == .blas || products == .auto && isDense(rows, columns, entries)
    }

    private static func isDense(_ rows: Int, _ columns: Int, _ entries: Int) -> Bool {
        Double(entries) >= 0.1 * Double(rows) * Double(columns)
    }
}
