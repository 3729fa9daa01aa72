/// What a dense block shows of the sparse entries it covers.
public enum BlockContent: Sendable {
    /// The value itself.
    case values
    /// The value squared.
    case squares
    /// One for every stored entry.
    case pattern
}

extension SparseMatrix {
    /// Writes the block `rows` × `columns` densely into a workspace, zeros where nothing is stored.
    ///
    /// - Parameter block: takes the shape (rows.count, columns.count); it needs the memory for it.
    /// - Returns: whether the block has any entry.
    /// - Complexity: O(rows · (columns + log entries)).
    @specialized(where Element == Float)
    @specialized(where Element == Double)
    public func copyBlock(
        rows: Range<Int>, columns: Range<Int>, as content: BlockContent,
        into block: inout DenseMatrix<Element>
    ) -> Bool {
        block.reshape(rows: rows.count, columns: columns.count)
        let width = columns.count
        var copied = 0
        var target = block.elements.mutableSpan
        for index in 0..<rows.count * width { target[index] = 0 }
        for (line, row) in rows.enumerated() {
            var entry = firstEntry(ofRow: row, from: Int32(columns.lowerBound))
            let end = rowOffsets[row + 1]
            let base = line * width - columns.lowerBound
            while entry < end, columnIndices[entry] < columns.upperBound {
                let value = values[entry]
                target[base + Int(columnIndices[entry])] =
                    switch content {
                    case .values: value
                    case .squares: value * value
                    case .pattern: 1
                    }
                entry += 1
                copied += 1
            }
        }
        return copied > 0
    }

    /// The first entry of a row whose column is not before `column`, by bisection.
    func firstEntry(ofRow row: Int, from column: Int32) -> Int {
        var low = rowOffsets[row]
        var high = rowOffsets[row + 1]
        while low < high {
            let middle = low + (high - low) / 2
            if columnIndices[middle] < column { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
