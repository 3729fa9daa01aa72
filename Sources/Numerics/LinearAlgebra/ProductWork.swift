/// The cost of all row products of a matrix by each kernel, in nanoseconds on one thread.
///
/// Empty rows and columns cost nothing.
struct ProductWork {
    /// Non-empty rows and columns.
    let rows: Int
    let columns: Int
    /// The number of columns before the first one that is cheaper pair by pair.
    let headColumns: Int
    /// Every dense row against the rows before it; infinite if at least nine tenths are empty.
    let blas: Double
    /// Every entry against the rows before it by lanes, or pair by pair if cheaper.
    let lanes: Double

    /// Whether BLAS is at most a tenth slower.
    var isForBLASAlone: Bool { lanes > 0 && blas <= 1.1 * lanes }

    /// A column of c entries costs c · m / laneCount entries against lanes, m the mean number of rows before an entry, and
    /// c²/2 pairs with c steps for every tile that follows.
    init(_ order: LaneOrder, tileRows: Int, _ costs: ProductCosts) {
        let (starts, counts) = (order.starts, order.columnCounts)
        rows = order.rows.indices.first { starts[$0] == starts[$0 + 1] } ?? order.rows.count
        columns = counts.firstIndex(of: 0) ?? counts.count
        var weighted = 0.0
        for position in 0..<rows { weighted += Double(position * (starts[position + 1] - starts[position])) }
        let entries = Double(starts[rows])
        let rowsBefore = weighted / max(1, entries)
        let steps = (Double(rows) - rowsBefore) / Double(tileRows)
        let lanesOfEntry = (rowsBefore / Double(laneCount) + 1) * costs.entry
        func pairs(_ count: Int) -> Double { Double(count) / 2 * costs.pair + steps * costs.step }
        headColumns = counts.firstIndex { pairs($0) < lanesOfEntry } ?? counts.count
        lanes = counts.reduce(0) { $0 + Double($1) * min(lanesOfEntry, pairs($1)) }
        let rowsAgainstBlocks = Double(rows) * (Double(rows) / 2 / Double(laneCount) + 1)
        blas =
            !Self.isDense(rows, columns, starts[rows])
            ? .infinity : rowsAgainstBlocks * Double(columns) * costs.dense
    }

    /// Whether a matrix could be multiplied by BLAS alone, for any pattern and costs.
    static func mayUseBLASAlone(_ products: Products, rows: Int, columns: Int, entries: Int) -> Bool {
        products == .blas || products == .auto && isDense(rows, columns, entries)
    }

    private static func isDense(_ rows: Int, _ columns: Int, _ entries: Int) -> Bool {
        Double(entries) >= 0.1 * Double(rows) * Double(columns)
    }
}
