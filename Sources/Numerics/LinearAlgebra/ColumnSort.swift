/// A workspace that sorts the entries of a row by column, through a bit set of columns read in order.
struct ColumnSort {
    /// One bit per column of the row.
    private var columnBits: [UInt64]
    /// One bit per non-zero word of `columnBits`.
    private var wordBits: [UInt64]
    /// The entry of each column of the row.
    private var entryOfColumn: [Int32]
    private var keys: [UInt64] = []

    init(_ columnCount: Int) {
        let wordCount = (columnCount + 63) / 64
        columnBits = Array(repeating: 0, count: wordCount)
        wordBits = Array(repeating: 0, count: (wordCount + 63) / 64)
        entryOfColumn = Array(repeating: 0, count: columnCount)
    }

    /// Sorts the entries of a row, stably for equal columns.
    ///
    /// - Parameters:
    ///   - entries: entries of several rows, row by row.
    ///   - places: the range of this row, in `entries` and in `sorted`.
    ///   - columns: the column of each entry; out of range traps.
    /// - Returns: whether a column repeats.
    /// - Complexity: O(entries) if they ascend, or are many without a repeated column; else O(entries · log entries).
    mutating func sort(
        _ entries: [Int32], _ places: Range<Int>, _ columns: [Int32], into sorted: inout MutableSpan<Int32>
    ) -> Bool {
        let entries = entries.span.extracting(places)
        let start = places.lowerBound
        if ascend(entries, columns.span) {
            for index in entries.indices { sorted[start + index] = entries[index] }
            return false
        }
        // Scanning for non-zero words must not cost more than the entries themselves.
        if entries.count >= wordBits.count, sortByBits(entries, columns.span, into: &sorted, from: start) {
            return false
        }
        return sortByKeys(entries, columns.span, into: &sorted, from: start)
    }

    /// Whether the columns strictly ascend.
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

    /// - Returns: false if a column repeats; the output is then invalid.
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
