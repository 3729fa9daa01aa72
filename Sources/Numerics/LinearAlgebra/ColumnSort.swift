/// A workspace that sorts the entries of a row by column: their columns become a set of bits, which is read in order.
struct ColumnSort {
    /// A bit for each column that is in the row.
    private var columnBits: [UInt64]
    /// A bit for each word of `columnBits` that is not zero.
    private var wordBits: [UInt64]
    /// The entry of each column that is in the row.
    private var entryOfColumn: [Int32]
    private var keys: [UInt64] = []

    init(_ columnCount: Int) {
        let wordCount = (columnCount + 63) / 64
        columnBits = Array(repeating: 0, count: wordCount)
        wordBits = Array(repeating: 0, count: (wordCount + 63) / 64)
        entryOfColumn = Array(repeating: 0, count: columnCount)
    }

    /// Sorts the entries of a row; those of the same column stay as they came.
    ///
    /// - Parameters:
    ///   - entries: entries of some rows, row by row.
    ///   - places: where those of this row stand among them, and where they go.
    ///   - columns: the column of each entry; one that is too large traps.
    /// - Returns: whether a column repeats.
    /// - Complexity: O(entries) where they ascend, or are many and no column repeats; else O(entries · log entries).
    mutating func sort(
        _ entries: [Int32], _ places: Range<Int>, _ columns: [Int32], into sorted: inout MutableSpan<Int32>
    ) -> Bool {
        let entries = entries.span.extracting(places)
        let start = places.lowerBound
        if ascend(entries, columns.span) {
            for index in entries.indices { sorted[start + index] = entries[index] }
            return false
        }
        // To look for the words that are not zero must not take longer than the entries themselves.
        if entries.count >= wordBits.count, sortByBits(entries, columns.span, into: &sorted, from: start) {
            return false
        }
        return sortByKeys(entries, columns.span, into: &sorted, from: start)
    }

    /// Whether the entries stand in order, no column twice.
    private func ascend(_ entries: Span<Int32>, _ columns: Span<Int32>) -> Bool {
        var last: Int32 = -1
        for index in entries.indices {
            let column = columns[Int(entries[index])]
            if column <= last { return false }
            last = column
        }
        precondition(Int(last) < entryOfColumn.count, "column \(last)")
        return true
    }

    /// - Returns: false where a column repeats; then what was written is of no use.
    private mutating func sortByBits(
        _ entries: Span<Int32>, _ columns: Span<Int32>, into sorted: inout MutableSpan<Int32>, from start: Int
    ) -> Bool {
        for index in entries.indices {
            let entry = entries[index]
            let column = Int(columns[Int(entry)])
            entryOfColumn[column] = entry
            columnBits[column / 64] |= 1 << UInt64(column % 64)
            wordBits[column / 4096] |= 1 << UInt64(column / 64 % 64)
        }
        var place = start
        for group in wordBits.indices {
            while wordBits[group] != 0 {
                let word = 64 * group + wordBits[group].trailingZeroBitCount
                wordBits[group] &= wordBits[group] - 1
                var bits = columnBits[word]
                columnBits[word] = 0
                while bits != 0 {
                    sorted[place] = entryOfColumn[64 * word + bits.trailingZeroBitCount]
                    place += 1
                    bits &= bits - 1
                }
            }
        }
        return place == start + entries.count
    }

    /// - Returns: whether a column repeats.
    private mutating func sortByKeys(
        _ entries: Span<Int32>, _ columns: Span<Int32>, into sorted: inout MutableSpan<Int32>, from start: Int
    ) -> Bool {
        keys.removeAll(keepingCapacity: true)
        for index in entries.indices {
            let column = columns[Int(entries[index])]
            precondition(column >= 0 && column < entryOfColumn.count, "column \(column)")
            keys.append(UInt64(column) << 32 | UInt64(index))
        }
        keys.sort()
        var repeats = false
        for place in keys.indices {
            sorted[start + place] = entries[Int(UInt32(truncatingIfNeeded: keys[place]))]
            repeats = repeats || place > 0 && keys[place] >> 32 == keys[place - 1] >> 32
        }
        return repeats
    }
}
