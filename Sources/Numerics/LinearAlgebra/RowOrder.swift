import Synchronization

/// The order that brings entries of a sparse matrix, given in any order, into compressed rows (CSR).
///
/// Entries are sorted by row and within a row by column; those of the same row and column stay as they came. They are
/// first dealt out to blocks of rows, unless they came so, and then sorted block by block, in the cache of a processor:
/// to write each entry straight to its place would wait for memory at nearly every one. The entries come in pieces; a
/// thread deals out a piece or sorts a block, and neither shows in the result.
///
/// Rows 1 0 1 and columns 2 1 0 make the offsets 0 1 3 and the columns 1 0 2, and bring values a b c into the order b c a.
///
/// - Complexity: O(entries / threads + rows · pieces) time for the order, more by the logarithm of a row's entries
///   where these are few or repeat a column, and O(entries / threads) for each array of values; in memory a position
///   for each entry and, where the rows do not ascend as they come, its row while the order is made.
public struct RowOrder: Sendable {
    /// Where the entries of each row begin, and the number of all entries at the end.
    public var rowOffsets: [Int] { blocks.rowOffsets }
    /// The column of each entry in the order of rows.
    public private(set) var columnIndices: [Int32] = []
    /// Whether there are several entries of the same row and column.
    public let hasRepeats: Bool
    private let blocks: RowBlocks
    /// Which entry of its block comes at each place.
    private let order: [Int32]

    /// As many entries as stay in the cache while they are sorted.
    private static let blockSize = 1 << 15

    /// What a thread keeps while it sorts blocks.
    private struct Workspace {
        var columnSort: ColumnSort
        var columns: [Int32] = []
        var byRow: [Int32] = []
    }

    /// - Parameters:
    ///   - rows: the row of each entry, in 0 ..< rowCount; another one traps.
    ///   - columns: the column of each entry, in 0 ..< columnCount, in pieces of the same sizes; another one traps.
    public init(rows: [ArraySlice<Int32>], columns: [ArraySlice<Int32>], rowCount: Int, columnCount: Int, threads: Int)
    {
        let blocks = RowBlocks(rows, rowCount: rowCount, blockSize: Self.blockSize, threads: threads)
        let (dealtRows, dealtColumns) = (blocks.dealt(rows), blocks.dealt(columns))
        let hasRepeats = Atomic(false)
        order = Parallel.fill(
            blocks.offsets, threads: threads, workspace: { Workspace(columnSort: ColumnSort(columnCount)) }
        ) { block, own, order in
            let start = blocks.offsets[block]
            dealtColumns.copy(start..<blocks.offsets[block + 1], to: &own.columns)
            blocks.sortByRow(block, dealtRows, &own.byRow)
            for row in blocks.firstRows[block]..<blocks.firstRows[block + 1] {
                let entries = blocks.rowOffsets[row] - start..<blocks.rowOffsets[row + 1] - start
                let repeats = own.columnSort.sort(own.byRow, entries, own.columns, into: &order)
                if repeats { hasRepeats.store(true, ordering: .relaxed) }
            }
        }
        self.hasRepeats = hasRepeats.load(ordering: .relaxed)
        self.blocks = blocks
        columnIndices = permuted(dealtColumns)
    }

    /// The values in the order of the rows.
    ///
    /// - Parameter values: one for each entry, in pieces of the same sizes.
    @specialized(where Value == Float)
    @specialized(where Value == Int64)
    public func sorted<Value: BitwiseCopyable & Sendable>(_ values: [ArraySlice<Value>]) -> [Value] {
        permuted(blocks.dealt(values))
    }

    /// The values with those of each block in their order: in place where they were moved, else in a new array.
    private func permuted<Value: BitwiseCopyable & Sendable>(_ dealt: consuming DealtValues<Value>) -> [Value] {
        let (order, offsets) = (order, blocks.offsets)
        @Sendable func permute(_ copy: [Value], _ block: Int, _ values: inout MutableSpan<Value>) {
            let order = order.span.extracting(offsets[block]..<offsets[block + 1])
            let copy = copy.span
            for place in values.indices { values[place] = copy[Int(order[place])] }
        }
        switch consume dealt {
        case .pieces(let pieces):
            let dealt = DealtValues.pieces(pieces)
            return Parallel.fill(offsets, threads: blocks.threads, workspace: { [Value]() }) { block, copy, values in
                dealt.copy(offsets[block]..<offsets[block + 1], to: &copy)
                permute(copy, block, &values)
            }
        case .moved(var values):
            Parallel.update(&values, offsets, threads: blocks.threads, workspace: { [Value]() }) {
                block, copy, values in
                copy.removeAll(keepingCapacity: true)
                for place in values.indices { copy.append(values[place]) }
                permute(copy, block, &values)
            }
            return values
        }
    }
}
