extension SparseMatrix {
    /// The transposed matrix, with ascending columns in each row; identical at any thread count.
    ///
    /// Entries are distributed to blocks of columns and from there to their places, so that writes stay in the cache.
    ///
    /// - Complexity: O((rows + entries) / threads + columns · threads) time; memory of 2.5 times the result.
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public func transposed(threads: Int = 1) -> SparseMatrix {
        let cuts = (0...threads).map { count * $0 / threads }
        let blocks = RowBlocks(
            (0..<threads).map { columnIndices[cuts[$0]..<cuts[$0 + 1]] }, rowCount: columns, blockSize: 1 << 17,
            threads: threads)
        let dealt = dealt(to: blocks, cuts)
        var values: [Element] = []
        let indices = unsafe [Int32](unsafeUninitializedCapacity: count) { indices, indexCount in
            values = unsafe [Element](unsafeUninitializedCapacity: count) { values, valueCount in
                // A block has all entries of its columns, so blocks write to disjoint places.
                nonisolated(unsafe) let (indices, values) = unsafe (indices, values)
                Parallel.forEach(blocks.offsets.count - 1, threads: threads) { block in
                    unsafe Self.place(dealt, of: block, in: blocks, indices, values)
                }
                valueCount = count
            }
            indexCount = count
        }
        return SparseMatrix(columns: rows, rowOffsets: blocks.rowOffsets, columnIndices: indices, values: values)
    }

    /// The entries by blocks of columns, stable within each.
    private func dealt(to blocks: RowBlocks, _ cuts: [Int]) -> [Moved<Element>] {
        unsafe [Moved<Element>](unsafeUninitializedCapacity: count) { dealt, initialized in
            // `starts` sums over the same columns, so every entry gets exactly one place.
            nonisolated(unsafe) let target = unsafe dealt
            Parallel.forEach(cuts.count - 1, threads: blocks.threads) { piece in
                var next = blocks.starts[piece]
                var row = 0
                for entry in cuts[piece]..<cuts[piece + 1] {
                    while rowOffsets[row + 1] <= entry { row += 1 }
                    let column = columnIndices[entry]
                    let block = Int(blocks.blockOfRow[Int(column)])
                    unsafe target[next[block]] = Moved(
                        column: column, row: Int32(truncatingIfNeeded: row), value: values[entry])
                    next[block] += 1
                }
            }
            initialized = count
        }
    }

    /// Moves the entries of a block to their places.
    private static func place(
        _ dealt: [Moved<Element>], of block: Int, in blocks: RowBlocks, _ indices: UnsafeMutableBufferPointer<Int32>,
        _ values: UnsafeMutableBufferPointer<Element>
    ) {
        let firstColumn = blocks.firstRows[block]
        var next = Array(blocks.rowOffsets[firstColumn..<blocks.firstRows[block + 1]])
        for index in blocks.offsets[block]..<blocks.offsets[block + 1] {
            let entry = dealt[index]
            let column = Int(entry.column) - firstColumn
            unsafe indices[next[column]] = entry.row
            unsafe values[next[column]] = entry.value
            next[column] += 1
        }
    }
}

/// An entry in transit.
private struct Moved<Value: BLASScalar>: BitwiseCopyable, Sendable {
    let column: Int32
    let row: Int32
    let value: Value
}
