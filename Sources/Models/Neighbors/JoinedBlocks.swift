import LinearAlgebra

/// The rows of one or two blocks as one matrix, by ascending global id, so that ties by row are ties by id.
///
/// Empty rows at the end belong to the first block and fill its last tile (`RowPairs`).
struct JoinedBlocks {
    let ratings: SparseMatrix<Float>
    /// The block of each row: 0 or 1.
    let sides: [UInt8]
    /// The global id of each row but the empty ones at the end.
    let ids: [Int32]
    /// The row of each user of the first block, then of the second.
    let rows: [Int]

    /// - Parameter tileRows: rows per tile.
    init(_ first: UserBlock, _ second: UserBlock?, tileRows: Int, threads: Int) {
        let second =
            second
            ?? UserBlock(
                ids: [],
                ratings: SparseMatrix(
                    columns: first.ratings.columns, rowOffsets: [0], columnIndices: [], values: []))
        precondition(first.ratings.columns == second.ratings.columns, "blocks of one rating matrix")
        let (m, n) = (first.count, second.count)
        var (sides, ids, offsets): ([UInt8], [Int32], [Int]) = ([], [], [0])
        var rows = [Int](repeating: 0, count: m + n)
        var (i, j) = (0, 0)
        while i < m || j < n {
            let isFirst = j == n || (i < m && first.ids[i] < second.ids[j])
            precondition(isFirst || i == m || first.ids[i] != second.ids[j], "a user belongs to one block")
            rows[isFirst ? i : m + j] = sides.count
            sides.append(isFirst ? 0 : 1)
            ids.append(isFirst ? first.ids[i] : second.ids[j])
            let entries = isFirst ? first.ratings.entries(ofRow: i) : second.ratings.entries(ofRow: j)
            offsets.append(offsets[offsets.count - 1] + entries.count)
            if isFirst { i += 1 } else { j += 1 }
        }
        let padding = n == 0 ? 0 : (tileRows - m % tileRows) % tileRows
        sides += Array(repeating: 0, count: padding)
        offsets += Array(repeating: offsets[offsets.count - 1], count: padding)
        let places = Self.places(sides.prefix(m + n))
        ratings = SparseMatrix(
            columns: first.ratings.columns, rowOffsets: offsets,
            columnIndices: Self.joined(first.ratings, second.ratings, \.columnIndices, places, offsets, threads),
            values: Self.joined(first.ratings, second.ratings, \.values, places, offsets, threads))
        self.sides = sides
        self.ids = ids
        self.rows = rows
    }

    /// The block of each row, and its row in there.
    private static func places(_ sides: ArraySlice<UInt8>) -> [(side: UInt8, row: Int)] {
        var next = [0, 0]
        return sides.map { side in
            next[Int(side)] += 1
            return (side, next[Int(side)] - 1)
        }
    }

    private static func joined<Value: BitwiseCopyable & Sendable>(
        _ first: SparseMatrix<Float>, _ second: SparseMatrix<Float>, _ array: (SparseMatrix<Float>) -> [Value],
        _ places: [(side: UInt8, row: Int)], _ offsets: [Int], _ threads: Int
    ) -> [Value] {
        let sources = [array(first), array(second)]
        let chunks = Parallel.chunks(places.count) { offsets[$0] }
        return Parallel.fill([0] + chunks.map { offsets[$0.upperBound] }, threads: threads, workspace: {}) {
            part, _, values in
            var next = 0
            for (side, row) in places[chunks[part]] {
                for entry in side == 0 ? first.entries(ofRow: row) : second.entries(ofRow: row) {
                    values[next] = sources[Int(side)][entry]
                    next += 1
                }
            }
        }
    }

    /// The rows of a table over these rows, as those of the first block, then of the second, with neighbors by global id.
    func table(_ table: NeighborTable) -> NeighborTable {
        var offsets = [0]
        offsets.reserveCapacity(rows.count + 1)
        var entries: [Int] = []
        entries.reserveCapacity(table.neighbors.count)
        for row in rows {
            entries += table.offsets[row]..<table.offsets[row + 1]
            offsets.append(entries.count)
        }
        return NeighborTable(
            offsets: offsets, neighbors: entries.map { ids[Int(table.neighbors[$0])] },
            similarities: entries.map { table.similarities[$0] }, supports: entries.map { table.supports[$0] })
    }

    /// One number per row, from numbers of the users of the first block, then of the second.
    func byRow(_ numbers: [Float]) -> [Float] {
        guard !numbers.isEmpty else { return [] }
        precondition(numbers.count == rows.count, "one number per user of both blocks")
        var result = [Float](repeating: 0, count: sides.count)
        for (user, row) in rows.enumerated() { result[row] = numbers[user] }
        return result
    }
}
