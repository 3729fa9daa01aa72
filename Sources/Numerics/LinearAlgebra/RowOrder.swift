import Synchronization

/// The permutation that brings entries of a sparse matrix, given in any order, into CSR.
///
/// Entries are sorted by row, then by column, stably. They are first distributed to blocks of rows, unless already
/// ordered so, and then sorted block by block within the cache: writing each entry straight to its place would miss the
/// cache nearly every time. Entries come in pieces; threads distribute pieces and sort blocks, without influence on the
/// result.
///
/// Rows 1 0 1 and columns 2 1 0 make the offsets 0 1 3 and the columns 1 0 2, and bring values a b c into the order b c a.
///
/// - Complexity: O(entries / threads + rows · pieces) time for the order, times the logarithm of a row's entries where
///   these are few or repeat a column, and O(entries / threads) per array of values; in memory a position per entry
///   and, unless the input rows ascend, its row during construction.
public struct RowOrder: Sendable {
    /// The first entry of each row, and the total at the end.
    public var rowOffsets: [Int] { blocks.rowOffsets }
    /// The column of each entry in row order.
    public private(set) var columnIndices: [Int32] = []
    /// Whether any row and column has several entries.
    public let hasRepeats: Bool
    private let blocks: RowBlocks
    /// The entry of its block at each place.
    private let order: [Int32]

    /// As many entries as fit into the cache while sorting.
    private static let blockSize = 1 << 15

    /// A thread's buffers for sorting blocks.
    private struct Workspace {
        var columnSort: ColumnSort
        var columns: [Int32] = []
        var byRow: [Int32] = []
    }

    /// - Parameters:
    ///   - rows: the row of each entry, in 0 ..< rowCount; out of range traps.
    ///   - columns: the column of each entry, in 0 ..< columnCount, in pieces of the same sizes; out of range traps.
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

    /// The values in row order.
    ///
    /// - Parameter values: one per entry, in pieces of the same sizes.
    @specialized(where Value == Float)
    @specialized(where Value == Int64)
    public func sorted<Value: BitwiseCopyable & Sendable>(_ values: [ArraySlice<Value>]) -> [Value] {
        permuted(blocks.dealt(values))
    }

    /// The values with each block in row order: in place if they were moved, else in a new array.
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
