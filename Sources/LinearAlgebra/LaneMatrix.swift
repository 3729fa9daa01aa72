/// A sparse matrix in the order that the products of its rows want, for `RowProducts`.
///
/// Rows with many entries come first and so do columns with many entries; the heaviest rows and columns then hold most of
/// the work, and lie together. The columns are parted in three:
/// - *dense* ones, which each tile of rows has for itself: BLAS multiplies them;
/// - the rest of the *head*: each entry of a row is multiplied with all rows of a block at once, which stand side by side;
/// - the *tail* of columns with so few entries that each pair of them is visited alone.
public struct LaneMatrix<Element: LaneScalar>: Sendable {
    public let pattern: LanePattern
    /// Row by row, one for each entry of the pattern.
    let values: [Element]
    /// Column by column, one for each rater of the tail.
    let tailValues: [Element]
    /// No value is larger.
    let largest: Element

    /// - Parameters:
    ///   - tileRows: how many rows a tile has; a multiple of `laneCount`.
    ///   - convert: the number that an element is multiplied as, ≥ 0 for integers.
    /// - Complexity: O(entries + rows · columns / 64) time; the entries once more in memory.
    @specialized(where Element == UInt16, Source == Float)
    @specialized(where Element == Double, Source == Float)
    @specialized(where Element == Double, Source == Double)
    public init<Source>(
        _ matrix: SparseMatrix<Source>, tileRows: Int, costs: ProductCosts, threads: Int,
        convert: @Sendable (Source) -> Element
    ) {
        let order = LaneOrder(matrix)
        let chunk = 512
        let parts = Parallel.map((matrix.rows + chunk - 1) / chunk, threads: threads) { part in
            order.sortedRows(part * chunk..<min((part + 1) * chunk, matrix.rows), of: matrix, convert)
        }
        var columns: [Int32] = []
        var values: [Element] = []
        columns.reserveCapacity(matrix.count)
        values.reserveCapacity(matrix.count)
        for part in parts {
            columns += part.columns
            values += part.values
        }
        pattern = LanePattern(
            order, columnIndices: columns, elementBytes: MemoryLayout<Element>.stride, tileRows: tileRows, costs: costs)
        self.values = values
        tailValues = pattern.raterEntries(values)
        largest = values.reduce(Element.zero) { max($0, $1) }
    }

    private init(pattern: LanePattern, values: [Element]) {
        self.pattern = pattern
        self.values = values
        tailValues = pattern.raterEntries(values)
        largest = values.reduce(Element.zero) { max($0, $1) }
    }

    /// The same pattern with other values.
    @specialized(where Element == UInt16)
    @specialized(where Element == Double)
    public func mapValues(_ transform: (Element) -> Element) -> LaneMatrix {
        LaneMatrix(pattern: pattern, values: values.map(transform))
    }

    /// Writes the first columns of some rows densely, as `lines` lines: those beyond the rows are zeros.
    func copyDense(_ rows: Range<Int>, columns: Int, lines: Int, into dense: inout DenseMatrix<Element.Sum>) {
        dense.reshape(rows: lines, columns: columns)
        var target = dense.elements.mutableSpan
        for index in 0..<lines * columns { target[index] = 0 }
        for (line, row) in rows.enumerated() {
            var entry = pattern.starts[row]
            while entry < pattern.headEnds[row], pattern.columnIndices[entry] < columns {
                target[line * columns + Int(pattern.columnIndices[entry])] = values[entry].sum
                entry += 1
            }
        }
    }

    /// The most that a matrix of these sizes takes while it is made: its entries once in parts and once as a whole.
    public static func mostBytes(rows: Int, columns: Int, entries: Int) -> Int {
        let entry = MemoryLayout<Int32>.stride + MemoryLayout<Element>.stride
        return 2 * entry * entries + 48 * (rows + columns)
    }
}

/// Rows and columns by their numbers of entries, most first; equal ones by index.
struct LaneOrder: Sendable {
    /// The row at each position.
    let rows: [Int32]
    /// The position of each column.
    let columnPositions: [Int32]
    /// The number of entries at each position of a row and of a column.
    let rowCounts: [Int]
    let columnCounts: [Int]

    init(_ matrix: SparseMatrix<some Any>) {
        var counts = [Int](repeating: 0, count: matrix.columns)
        for column in matrix.columnIndices { counts[Int(column)] += 1 }
        let columns = Self.byCount(counts)
        var positions = [Int32](repeating: 0, count: matrix.columns)
        for (position, column) in columns.enumerated() { positions[Int(column)] = Int32(position) }
        let lengths = (0..<matrix.rows).map { matrix.entries(ofRow: $0).count }
        let rows = Self.byCount(lengths)
        self.rows = rows
        columnPositions = positions
        rowCounts = rows.map { lengths[Int($0)] }
        columnCounts = columns.map { counts[Int($0)] }
    }

    private static func byCount(_ counts: [Int]) -> [Int32] {
        counts.indices.map { Int32($0) }.sorted { (counts[Int($1)], $0) < (counts[Int($0)], $1) }
    }

    /// The entries of the rows at some positions, each row by the positions of its columns.
    ///
    /// A row's positions are marked in a set of bits and read off in ascending order: no sorting.
    func sortedRows<Source, Element: LaneScalar>(
        _ positions: Range<Int>, of matrix: SparseMatrix<Source>, _ convert: (Source) -> Element
    ) -> (columns: [Int32], values: [Element]) {
        var bits = [UInt64](repeating: 0, count: (matrix.columns + 63) / 64)
        var slots = [Element](repeating: .zero, count: matrix.columns)
        var columns: [Int32] = []
        var values: [Element] = []
        for position in positions {
            for entry in matrix.entries(ofRow: Int(rows[position])) {
                let column = Int(columnPositions[Int(matrix.columnIndices[entry])])
                bits[column / 64] |= 1 << UInt64(column % 64)
                slots[column] = convert(matrix.values[entry])
            }
            for word in bits.indices where bits[word] != 0 {
                var rest = bits[word]
                while rest != 0 {
                    let column = 64 * word + rest.trailingZeroBitCount
                    columns.append(Int32(column))
                    values.append(slots[column])
                    rest &= rest - 1
                }
                bits[word] = 0
            }
        }
        return (columns, values)
    }
}
