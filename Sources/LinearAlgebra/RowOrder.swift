/// The order that brings entries of a sparse matrix, given in any order, into compressed rows (CSR).
///
/// Entries are sorted by row and within a row by column; those of the same row and column stay as they came. They are first
/// dealt out to blocks of rows and then sorted block by block, in the cache of a processor: to write each entry straight to
/// its place would wait for memory at nearly every one. The entries come in pieces; a thread deals out a piece or sorts a
/// block, and neither shows in the result.
///
/// Rows 1 0 1 and columns 2 1 0 make the offsets 0 1 3 and the columns 1 0 2, and bring values a b c into the order b c a.
///
/// - Complexity: O((entries + blocks · columns) / threads + rows · pieces) time for the order and O(entries / threads) for
///   each array of values; in memory a position for each entry and, while the order is made, its row.
public struct RowOrder: Sendable {
    /// Where the entries of each row begin, and the number of all entries at the end.
    public var rowOffsets: [Int] { blocks.rowOffsets }
    /// The column of each entry in the order of rows.
    public private(set) var columnIndices: [Int32]
    private let blocks: RowBlocks
    /// Which entry of its block comes at each place.
    private let order: [Int32]

    /// - Parameters:
    ///   - rows: the row of each entry, in 0 ..< rowCount; another one traps.
    ///   - columns: the column of each entry, in 0 ..< columnCount, in pieces of the same sizes.
    public init(rows: [ArraySlice<Int32>], columns: [ArraySlice<Int32>], rowCount: Int, columnCount: Int, threads: Int)
    {
        let blocks = RowBlocks(rows, rowCount: rowCount, blockSize: ColumnSort.blockSize, threads: threads)
        let dealtRows = blocks.deal(rows)
        let dealtColumns = blocks.deal(columns)
        order = Parallel.fill(blocks.offsets, threads: threads, workspace: { ColumnSort(columnCount) }) {
            block, sort, order in
            let entries = blocks.offsets[block]..<blocks.offsets[block + 1]
            let rows = blocks.firstRows[block]..<blocks.firstRows[block + 1]
            let rowOfEntry = dealtRows[entries].span
            var next = blocks.rowOffsets[rows].map { $0 - entries.lowerBound }
            sort.sort(dealtColumns[entries].span)
            for entry in sort.order {
                let row = Int(rowOfEntry[Int(entry)]) - rows.lowerBound
                order[next[row]] = entry
                next[row] += 1
            }
        }
        self.blocks = blocks
        columnIndices = dealtColumns
        permute(&columnIndices)
    }

    /// The values in the order of the rows.
    ///
    /// - Parameter values: one for each entry, in pieces of the same sizes.
    @specialized(where Value == Float)
    @specialized(where Value == Int64)
    public func sorted<Value: BitwiseCopyable & Sendable>(_ values: [ArraySlice<Value>]) -> [Value] {
        var dealt = blocks.deal(values)
        permute(&dealt)
        return dealt
    }

    /// Brings the entries of each block into their order.
    private func permute<Value: BitwiseCopyable & Sendable>(_ values: inout [Value]) {
        let (order, offsets) = (order, blocks.offsets)
        Parallel.update(&values, offsets, threads: blocks.threads, workspace: { [Value]() }) { block, copy, values in
            copy.removeAll(keepingCapacity: true)
            for entry in values.indices { copy.append(values[entry]) }
            let order = order[offsets[block]..<offsets[block + 1]].span
            for place in values.indices { values[place] = copy[Int(order[place])] }
        }
    }
}
