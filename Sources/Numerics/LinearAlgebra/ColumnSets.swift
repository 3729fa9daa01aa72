internal import CKernels

/// The columns of each row of a sparse matrix as a bit set.
public struct ColumnSets: Sendable {
    /// Words per row.
    private let width: Int
    private let words: [UInt64]

    /// - Complexity: O(entries + rows · columns / 64) time and memory.
    public init(_ matrix: SparseMatrix<some Any>, threads: Int) {
        let width = (matrix.columns + 63) / 64
        let chunks = Parallel.chunks(matrix.rows) { matrix.rowOffsets[$0] }
        words = Parallel.fill([0] + chunks.map { $0.upperBound * width }, threads: threads, workspace: {}) {
            part, _, words in
            for index in words.indices { words[index] = 0 }
            let columns = matrix.columnIndices.span
            for (index, row) in chunks[part].enumerated() {
                for entry in matrix.entries(ofRow: row) {
                    let column = Int(columns[entry])
                    words[index * width + column / 64] |= 1 << UInt64(column % 64)
                }
            }
        }
        self.width = width
    }

    /// The number of columns in which two rows both have an entry.
    ///
    /// - Complexity: O(columns / 64).
    public func commonCount(_ row: Int, _ other: Int) -> Int32 {
        precondition(min(row, other) >= 0 && (max(row, other) + 1) * width <= words.count, "row out of range")
        return unsafe kindred_common_bits(words, row * width, other * width, width)
    }
}
