/// A sparse matrix laid out for products of its rows by `RowProducts`.
///
/// Rows and columns are ordered by falling number of entries, so that the heaviest, which hold most of the work, are
/// adjacent. Columns are of three kinds:
/// - *dense* ones, chosen per tile of rows and multiplied by BLAS;
/// - the rest of the *head*: each entry of a row is multiplied with all rows of a block at once, one per lane;
/// - the *tail*: columns with so few entries that each pair is visited alone.
public struct LaneMatrix<Element: LaneScalar>: Sendable {
    /// The places of the entries.
    public let pattern: LanePattern
    /// Row by row, one per entry of the pattern.
    let values: [Element]
    /// Column by column, one per rater of the tail.
    let tailValues: [Element]
    /// An upper bound of all values.
    let largest: Element
    /// The dense columns of the tiles with most of them, as many as fit into `mostDenseBytes`, else nil; cached because
    /// many blocks are multiplied with them.
    let denseTiles: [DenseMatrix<Element.Sum>?]

    private static var mostDenseBytes: Int { 1 << 24 }

    /// - Parameters:
    ///   - pairs: the pairs of rows to multiply; by default all.
    ///   - tileRows: rows per tile, a multiple of `laneCount`.
    ///   - products: the implementation to use; `auto` decides by cost.
    ///   - convert: maps an element to the number to multiply, ≥ 0 for integers.
    /// - Complexity: O(entries + rows · columns / 64) time; memory for a second copy of the entries.
    @specialized(where Element == UInt16, Source == Float)
    @specialized(where Element == Float, Source == Float)
    @specialized(where Element == Double, Source == Float)
    @specialized(where Element == Double, Source == Double)
    public init<Source>(
        _ matrix: SparseMatrix<Source>, pairs: RowPairs? = nil, tileRows: Int, products: Products, costs: ProductCosts,
        threads: Int, convert: @Sendable (Source) -> Element
    ) {
        let order = LaneOrder(matrix, pairs ?? .all(matrix.rows), tileRows: tileRows, threads: threads)
        let columns = order.sortedColumns(matrix, threads: threads)
        let values = order.sortedValues(matrix, columns, threads: threads, convert)
        pattern = LanePattern(
            order, columnIndices: columns, elementBytes: MemoryLayout<Element>.stride, tileRows: tileRows,
            products: products, costs: costs, threads: threads)
        self.values = values
        tailValues = pattern.raterEntries(values)
        largest = Self.largest(of: values, threads: threads)
        denseTiles = Self.denseTiles(pattern, values, threads: threads)
    }

    private init(pattern: LanePattern, values: [Element]) {
        self.pattern = pattern
        self.values = values
        tailValues = pattern.raterEntries(values)
        largest = Self.largest(of: values, threads: 1)
        denseTiles = Self.denseTiles(pattern, values, threads: 1)
    }

    private static func largest(of values: [Element], threads: Int) -> Element {
        let pieces = Parallel.ranges(values.count, of: 1 << 15)
        return Parallel.map(pieces.count, threads: threads) { piece in
            values[pieces[piece]].reduce(Element.zero) { max($0, $1) }
        }.reduce(Element.zero) { max($0, $1) }
    }

    /// The same pattern with other values.
    @specialized(where Element == UInt16)
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public func mapValues(_ transform: (Element) -> Element) -> LaneMatrix {
        LaneMatrix(pattern: pattern, values: values.map(transform))
    }

    private static func denseTiles(
        _ pattern: LanePattern, _ values: [Element], threads: Int
    ) -> [DenseMatrix<Element.Sum>?] {
        let (tiles, widths) = (pattern.tiles, pattern.denseColumns)
        guard !pattern.usesBLASAlone else { return Array(repeating: nil, count: tiles.count) }
        var bytes = 0
        let kept = tiles.indices.sorted { (widths[$1], $0) < (widths[$0], $1) }.prefix { tile in
            bytes += tiles[tile].count * widths[tile] * MemoryLayout<Element.Sum>.stride
            return bytes <= mostDenseBytes
        }
        var isKept = [Bool](repeating: false, count: tiles.count)
        for tile in kept { isKept[tile] = true }
        return Parallel.map(tiles.count, threads: threads) { [isKept] tile in
            guard isKept[tile] else { return nil }
            let (rows, columns) = (tiles[tile], widths[tile])
            var dense = DenseMatrix<Element.Sum>(rows: rows.count, columns: columns)
            copyDense(rows, pattern, values, columns: 0..<columns, lines: rows.count, into: &dense)
            return dense
        }
    }

    /// Writes a block of rows and columns densely into `lines` lines; lines beyond the rows are zero.
    func copyDense(
        _ rows: Range<Int>, columns: Range<Int>, lines: Int, into dense: inout DenseMatrix<Element.Sum>
    ) {
        Self.copyDense(rows, pattern, values, columns: columns, lines: lines, into: &dense)
    }

    private static func copyDense(
        _ rows: Range<Int>, _ pattern: LanePattern, _ values: [Element], columns: Range<Int>, lines: Int,
        into dense: inout DenseMatrix<Element.Sum>
    ) {
        dense.reshape(rows: lines, columns: columns.count)
        var target = dense.elements.mutableSpan
        for index in 0..<lines * columns.count { target[index] = 0 }
        for (line, row) in rows.enumerated() {
            var entry = pattern.firstEntry(ofRow: row, from: columns.lowerBound)
            while entry < pattern.headEnds[row], pattern.columnIndices[entry] < columns.upperBound {
                let column = Int(pattern.columnIndices[entry]) - columns.lowerBound
                target[line * columns.count + column] = values[entry].sum
                entry += 1
            }
        }
    }

    /// Upper bound of the memory of a matrix: its entries, those of the tail twice, and dense tiles.
    public static func mostBytes(rows: Int, columns: Int, entries: Int) -> Int {
        let entry = MemoryLayout<Int32>.stride + MemoryLayout<Element>.stride
        let widest = min(columns, LanePattern.mostDenseColumns)
        let dense = min(rows * widest * MemoryLayout<Element.Sum>.stride, mostDenseBytes)
        return 2 * entry * entries + 48 * (rows + columns) + dense
    }
}
