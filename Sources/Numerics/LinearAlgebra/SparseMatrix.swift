internal import CKernels

/// A sparse matrix in compressed sparse row format (CSR).
///
/// The entries of row i are `rowOffsets[i] ..< rowOffsets[i + 1]` in `columnIndices` and `values`; within a row, column
/// indices strictly ascend. Offsets are 64-bit, column indices 32-bit.
public struct SparseMatrix<Element: BLASScalar>: Sendable {
    /// The number of columns.
    public let columns: Int
    /// The place of each row's first entry, and the number of entries at the end.
    public let rowOffsets: [Int]
    /// The column of each entry, ascending within a row.
    public let columnIndices: [Int32]
    /// The value of each entry.
    public let values: [Element]

    /// The number of rows.
    @inlinable
    public var rows: Int { rowOffsets.count - 1 }

    /// The number of stored entries.
    public var count: Int { values.count }

    /// Wraps arrays that already form CSR. Wrong lengths trap; the order within rows is trusted, and verified by
    /// `checkInvariants` in checked builds.
    public init(columns: Int, rowOffsets: [Int], columnIndices: [Int32], values: [Element]) {
        precondition(rowOffsets.first == 0 && rowOffsets.last == values.count, "CSR offsets")
        precondition(columnIndices.count == values.count, "CSR lengths")
        self.columns = columns
        self.rowOffsets = rowOffsets
        self.columnIndices = columnIndices
        self.values = values
        #if KINDRED_CHECKS
            checkInvariants()
        #endif
    }

    /// The positions of a row's entries.
    @inlinable
    public func entries(ofRow row: Int) -> Range<Int> {
        rowOffsets[row]..<rowOffsets[row + 1]
    }

    /// Σ marks[column] over the columns of each of some rows.
    ///
    /// - Parameters:
    ///   - marks: one per column.
    ///   - sums: at least as many elements as rows; others are untouched.
    /// - Complexity: O(entries of the rows).
    public func sums(of marks: [UInt8], overRows rows: [Int32], into sums: inout [Int32]) {
        precondition(marks.count >= columns && sums.count >= rows.count, "one mark per column, one sum per row")
        precondition(rows.allSatisfy { $0 >= 0 && $0 < self.rows }, "row out of range")
        // Columns are in range by the CSR invariants.
        unsafe kindred_mark_sums(rows.count, rows, rowOffsets, columnIndices, marks, &sums)
    }

    /// The same pattern with other values, one per entry.
    public func withValues<Other>(_ values: [Other]) -> SparseMatrix<Other> {
        SparseMatrix<Other>(
            columns: columns, rowOffsets: rowOffsets, columnIndices: columnIndices, values: values)
    }

    /// Traps unless offsets and the column indices of each row ascend and stay in range.
    public func checkInvariants() {
        for row in 0..<rows {
            precondition(rowOffsets[row] <= rowOffsets[row + 1], "row \(row): offsets descend")
            var last: Int32 = -1
            for column in columnIndices[entries(ofRow: row)] {
                precondition(last < column && column < columns, "row \(row): column \(column)")
                last = column
            }
        }
    }
}
