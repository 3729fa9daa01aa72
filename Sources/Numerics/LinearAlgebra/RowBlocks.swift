/// Blocks of rows whose entries fit into a processor's cache.
struct RowBlocks: Sendable {
    let rowOffsets: [Int]
    /// The first row of each block, and the number of rows at the end.
    let firstRows: [Int]
    /// The first entry of each block, and the total at the end.
    let offsets: [Int]
    let threads: Int
    /// Whether the input rows ascend across all pieces.
    let ascends: Bool
    private let rows: [ArraySlice<Int32>]
    let blockOfRow: [Int32]
    /// The first entry of each piece in each block.
    let starts: [[Int]]

    /// - Parameters:
    ///   - rows: the row of each entry, in pieces.
    ///   - blockSize: the maximum number of entries in a block, unless a single row has more.
    init(_ rows: [ArraySlice<Int32>], rowCount: Int, blockSize: Int, threads: Int) {
        let surveys = Parallel.map(rows.count, threads: threads) { Self.survey(rows[$0], rowCount) }
        let counts = surveys.map(\.counts)
        let parts = rows.filter { !$0.isEmpty }
        ascends =
            surveys.allSatisfy(\.ascends)
            && zip(parts, parts.dropFirst()).allSatisfy { $0[$0.endIndex - 1] <= $1[$1.startIndex] }
        var rowOffsets = [0]
        var firstRows = [0]
        var offsets = [0]
        for row in 0..<rowCount {
            let start = rowOffsets[row]
            let end = counts.reduce(start) { $0 + $1[row] }
            if offsets[offsets.count - 1] < start, end - offsets[offsets.count - 1] > blockSize {
                firstRows.append(row)
                offsets.append(start)
            }
            rowOffsets.append(end)
        }
        firstRows.append(rowCount)
        offsets.append(rowOffsets[rowCount])
        var blockOfRow: [Int32] = []
        var starts = rows.map { _ in [Int]() }
        for block in 0..<offsets.count - 1 {
            let rows = firstRows[block]..<firstRows[block + 1]
            blockOfRow += repeatElement(Int32(block), count: rows.count)
            var start = offsets[block]
            for piece in starts.indices {
                starts[piece].append(start)
                start += counts[piece][rows].reduce(0, +)
            }
        }
        self.rowOffsets = rowOffsets
        self.firstRows = firstRows
        self.offsets = offsets
        self.threads = threads
        self.rows = rows
        self.blockOfRow = blockOfRow
        self.starts = starts
    }

    /// The number of entries of each row, and whether the input rows ascend.
    private static func survey(_ slice: ArraySlice<Int32>, _ rowCount: Int) -> (counts: [Int], ascends: Bool) {
        let rows = slice.span
        var counts = [Int](repeating: 0, count: rowCount)
        var ascends = true
        var start = 0
        // Run by run: incrementing the same count repeatedly would stall on each store.
        for entry in rows.indices where rows[entry] != rows[start] {
            counts[Int(rows[start])] += entry - start
            ascends = ascends && rows[start] < rows[entry]
            start = entry
        }
        if !rows.isEmpty { counts[Int(rows[start])] += rows.count - start }
        return (counts, ascends)
    }

    /// The entries of a block in row order, stable within a row.
    ///
    /// - Parameters:
    ///   - rows: the row of each entry, by blocks.
    ///   - byRow: the result; may hold that of another block before.
    func sortByRow(_ block: Int, _ rows: DealtValues<Int32>, _ byRow: inout [Int32]) {
        let entries = offsets[block]..<offsets[block + 1]
        if ascends {
            // They are in order: 0, 1, 2 … The previous block left the first of them.
            if byRow.count < entries.count { byRow += Int32(byRow.count)..<Int32(entries.count) }
            return
        }
        let firstRow = firstRows[block]
        var next = rowOffsets[firstRow..<firstRows[block + 1]].map { $0 - entries.lowerBound }
        if byRow.count < entries.count { byRow += repeatElement(0, count: entries.count - byRow.count) }
        var rowOfEntry: [Int32] = []
        rows.copy(entries, to: &rowOfEntry)
        for (entry, row) in rowOfEntry.enumerated() {
            byRow[next[Int(row) - firstRow]] = Int32(truncatingIfNeeded: entry)
            next[Int(row) - firstRow] += 1
        }
    }

    /// The values by blocks, stable within each.
    ///
    /// - Parameter values: one per entry, in the same pieces.
    func dealt<Value: BitwiseCopyable & Sendable>(_ values: [ArraySlice<Value>]) -> DealtValues<Value> {
        precondition(values.map(\.count) == rows.map(\.count), "one value per entry")
        return ascends ? .pieces(values) : .moved(deal(values))
    }

    private func deal<Value: BitwiseCopyable & Sendable>(_ values: [ArraySlice<Value>]) -> [Value] {
        let count = offsets[offsets.count - 1]
        return unsafe [Value](unsafeUninitializedCapacity: count) { dealt, initialized in
            // `starts` sums over the same rows, so every entry gets exactly one place.
            nonisolated(unsafe) let target = unsafe dealt
            Parallel.forEach(rows.count, threads: threads) { piece in
                var next = starts[piece]
                let (rows, values) = (rows[piece], values[piece])
                for (row, value) in zip(rows, values) {
                    let block = Int(blockOfRow[Int(row)])
                    unsafe target[next[block]] = value
                    next[block] += 1
                }
            }
            initialized = count
        }
    }
}
