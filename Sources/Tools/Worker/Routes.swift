internal import LinearAlgebra

/// The blocks of the other side, to which solved rows go that their rows have rated.
struct Routes {
    /// The ends of the ranges of partners, ascending; the last is their number.
    private let ends: [Int32]

    /// The number of blocks.
    var count: Int { ends.count }

    /// - Throws: `WorkerFailure` unless the ends ascend to the number of partners.
    init(_ payload: inout PayloadReader, partners: Int) throws(WorkerFailure) {
        // An odd number of ends is padded by a zero, which cannot be an end behind others.
        var ends: [Int32] = try payload.rest(Int32.self, "ends")
        if ends.count > 1, ends.last == 0 { ends.removeLast() }
        try payload.end()
        guard ends.first ?? -1 >= 0, zip(ends, ends.dropFirst()).allSatisfy({ $0 <= $1 }),
            ends.last.map({ Int($0) == partners }) ?? false
        else { throw payload.failure("the ends do not ascend to \(partners), the number of partners") }
        self.ends = ends
    }

    /// The rows that have rated a partner in each block's range, ascending.
    ///
    /// Ends 2, 5: a row of the partners 0, 1 and 4 goes to both blocks, one of the partners 2 and 3 to the second.
    ///
    /// - Complexity: O(ratings + rows · blocks) at most.
    func rows(of matrix: SparseMatrix<Float>) -> [[Int32]] {
        var rows = [[Int32]](repeating: [], count: count)
        for row in 0..<matrix.rows {
            var block = 0
            var isListed = false
            for partner in matrix.columnIndices[matrix.entries(ofRow: row)] {
                while partner >= ends[block] {
                    block += 1
                    isListed = false
                }
                if !isListed { rows[block].append(Int32(row)) }
                isListed = true
            }
        }
        return rows
    }
}
