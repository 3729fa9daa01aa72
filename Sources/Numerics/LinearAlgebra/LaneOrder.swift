/// Rows and columns ordered by falling number of entries, then by index; rows of side 0 before those of side 1.
struct LaneOrder: Sendable {
    /// The row at each position.
    let rows: [Int32]
    /// The position of each column.
    let columnPositions: [Int32]
    /// The entries of the row at position p, in this order: `starts[p] ..< starts[p + 1]`.
    let starts: [Int]
    /// The number of entries of the column at each position.
    let columnCounts: [Int]
    /// The blocks of rows to multiply; rows without entries are in none.
    let blocks: [LaneBlock]
    /// Rows from here on are empty.
    let occupiedRows: Int
    /// Ranges of row positions with about equally many entries.
    private let chunks: [Range<Int>]

    init(_ matrix: SparseMatrix<some Any>, _ pairs: RowPairs, tileRows: Int, threads: Int) {
        precondition(pairs.sides.count == matrix.rows, "one side per row")
        let counts = Self.columnCounts(matrix, threads: threads)
        let columns = Self.byCount(Array(0..<Int32(counts.count)), counts)
        var positions = [Int32](repeating: 0, count: matrix.columns)
        for (position, column) in columns.enumerated() { positions[Int(column)] = Int32(position) }
        let lengths = (0..<matrix.rows).map { matrix.entries(ofRow: $0).count }
        let all = Array(0..<Int32(matrix.rows))
        let sides = [0, 1].map { side in
            Self.byCount(all.filter { pairs.sides[Int($0)] == side }, lengths)
        }
        precondition(sides[1].isEmpty || sides[0].count % tileRows == 0, "side 0 fills whole tiles")
        let rows = sides[0] + sides[1]
        var starts = [0]
        starts.reserveCapacity(matrix.rows + 1)
        for row in rows { starts.append(starts[starts.count - 1] + lengths[Int(row)]) }
        self.rows = rows
        columnPositions = positions
        columnCounts = columns.map { counts[Int($0)] }
        chunks = Parallel.chunks(matrix.rows) { starts[$0] }
        self.starts = starts
        let occupied = zip(sides, [0, sides[0].count]).map { side, first in
            first..<first + (side.firstIndex { lengths[Int($0)] == 0 } ?? side.count)
        }
        blocks =
            pairs.isAcross
            ? LaneBlock.across(occupied[0], occupied[1]) { starts[$0 + 1] - starts[$0] }
            : occupied.flatMap(LaneBlock.within)
        occupiedRows = occupied[1].isEmpty ? occupied[0].upperBound : occupied[1].upperBound
    }

    private static func columnCounts(_ matrix: SparseMatrix<some Any>, threads: Int) -> [Int] {
        let parts = Parallel.map(threads, threads: threads) { part in
            var counts = [Int](repeating: 0, count: matrix.columns)
            let entries = matrix.count * part / threads..<matrix.count * (part + 1) / threads
            for column in matrix.columnIndices[entries] { counts[Int(column)] += 1 }
            return counts
        }
        return (0..<matrix.columns).map { column in parts.reduce(0) { $0 + $1[column] } }
    }

    /// Ascending indices by falling count, by counting sort.
    private static func byCount(_ indices: [Int32], _ counts: [Int]) -> [Int32] {
        let most = counts.max() ?? 0
        var next = [Int](repeating: 0, count: most + 2)
        for index in indices { next[most - counts[Int(index)] + 1] += 1 }
        for rank in 0...most { next[rank + 1] += next[rank] }
        var order = [Int32](repeating: 0, count: indices.count)
        for index in indices {
            let rank = most - counts[Int(index)]
            order[next[rank]] = index
            next[rank] += 1
        }
        return order
    }

    /// The positions of each row's columns, ascending.
    ///
    /// Marks a row's positions in a bit set and reads them in order, without sorting.
    func sortedColumns(_ matrix: SparseMatrix<some Any>, threads: Int) -> [Int32] {
        Parallel.fill(
            [0] + chunks.map { starts[$0.upperBound] }, threads: threads,
            workspace: { [UInt64](repeating: 0, count: (matrix.columns + 63) / 64) }
        ) { part, bits, columns in
            var bits = bits.mutableSpan
            let (positions, indices) = (columnPositions.span, matrix.columnIndices.span)
            var next = 0
            for row in chunks[part] {
                for entry in matrix.entries(ofRow: Int(rows[row])) {
                    let column = Int(positions[Int(indices[entry])])
                    bits[column / 64] |= 1 << UInt64(column % 64)
                }
                for word in bits.indices {
                    var rest = bits[word]
                    while rest != 0 {
                        columns[next] = Int32(truncatingIfNeeded: 64 * word + rest.trailingZeroBitCount)
                        next += 1
                        rest &= rest - 1
                    }
                    bits[word] = 0
                }
            }
        }
    }

    /// The value of each entry, converted.
    ///
    /// - Parameter columns: the positions of each row's columns, ascending.
    func sortedValues<Source, Element: LaneScalar>(
        _ matrix: SparseMatrix<Source>, _ columns: [Int32], threads: Int, _ convert: @Sendable (Source) -> Element
    ) -> [Element] {
        Parallel.fill(
            [0] + chunks.map { starts[$0.upperBound] }, threads: threads,
            workspace: { [Element](repeating: .zero, count: matrix.columns) }
        ) { part, slots, values in
            var slots = slots.mutableSpan
            let (positions, indices, sources) = (columnPositions.span, matrix.columnIndices.span, matrix.values.span)
            let columns = columns.span
            let first = starts[chunks[part].lowerBound]
            for row in chunks[part] {
                for entry in matrix.entries(ofRow: Int(rows[row])) {
                    slots[Int(positions[Int(indices[entry])])] = convert(sources[entry])
                }
                for entry in starts[row]..<starts[row + 1] { values[entry - first] = slots[Int(columns[entry])] }
            }
        }
    }
}
