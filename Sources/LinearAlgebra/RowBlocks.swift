/// Blocks of rows, each with so few entries that a processor's cache holds them.
struct RowBlocks: Sendable {
    let rowOffsets: [Int]
    /// The first row of each block, and the number of rows at the end.
    let firstRows: [Int]
    /// Where the entries of each block begin, and the number of all at the end.
    let offsets: [Int]
    let threads: Int
    private let rows: [ArraySlice<Int32>]
    let blockOfRow: [Int32]
    /// Where the entries of a block begin that come from a piece, by piece and block.
    let starts: [[Int]]

    /// - Parameters:
    ///   - rows: the row of each entry, in pieces.
    ///   - blockSize: how many entries a block has at most, unless a single row has more.
    init(_ rows: [ArraySlice<Int32>], rowCount: Int, blockSize: Int, threads: Int) {
        let counts = Parallel.map(rows.count, threads: threads) { piece in
            var counts = [Int](repeating: 0, count: rowCount)
            for row in rows[piece] { counts[Int(row)] += 1 }
            return counts
        }
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

    /// Puts the values into the order of the blocks, in each of which they stay as they came.
    ///
    /// - Parameter values: one for each entry, in the same pieces.
    func deal<Value: BitwiseCopyable & Sendable>(_ values: [ArraySlice<Value>]) -> [Value] {
        precondition(values.map(\.count) == rows.map(\.count), "a value for each entry")
        let count = offsets[offsets.count - 1]
        return unsafe [Value](unsafeUninitializedCapacity: count) { dealt, initialized in
            // `starts` are sums over the same rows: no two entries get one place, and none is left out.
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
