import LinearAlgebra
import Testing

struct RowOrderTests {
    @Test func `order matches the documented example`() {
        let order = RowOrder(rows: [[1, 0, 1]], columns: [[2, 1, 0]], rowCount: 2, columnCount: 3, threads: 1)
        #expect(order.rowOffsets == [0, 1, 3])
        #expect(order.columnIndices == [1, 0, 2])
        #expect(order.sorted([[10, 20, 30] as ArraySlice<Float>]) == [20, 30, 10])
    }

    /// Many blocks, one row larger than a block, empty rows, and repeated pairs.
    private func entries(count: Int, rows: Int, columns: Int, seed: UInt64) -> [(row: Int32, column: Int32)] {
        var generator = SeededGenerator(seed: seed)
        return (0..<count).map { _ in
            let row = generator.next(below: 3) == 0 ? 7 : generator.next(below: rows) & ~1
            return (Int32(row), Int32(generator.next(below: columns)))
        }
    }

    /// Rows unsorted and ascending, short and long, with and without repeated columns.
    @Test(arguments: [(0, 5, 90), (1, 5, 90), (1000, 20, 90), (200_000, 3000, 90), (5000, 40, 30_000)], [false, true])
    func `order equals a stable sort`(_ shape: (count: Int, rows: Int, columns: Int), _ ascends: Bool) {
        let (count, rows, columns) = shape
        var entries = entries(count: count, rows: rows, columns: columns, seed: 3)
        if ascends { entries.sort { $0.row < $1.row } }
        let distinct = Set(entries.map { Int($0.row) * columns + Int($0.column) })
        // Stable: position breaks ties of row and column.
        let expected = entries.indices.sorted {
            (entries[$0].row, entries[$0].column, $0) < (entries[$1].row, entries[$1].column, $1)
        }
        for (pieceCount, threads) in [(1, 1), (2, 2), (5, 3)] {
            let cuts = (0...pieceCount).map { count * $0 / pieceCount }
            let pieces = zip(cuts, cuts.dropFirst()).map { $0..<$1 }
            let order = RowOrder(
                rows: pieces.map { entries[$0].map(\.row)[...] },
                columns: pieces.map { entries[$0].map(\.column)[...] },
                rowCount: rows + 8, columnCount: columns, threads: threads)
            #expect(order.hasRepeats == (distinct.count < count))
            #expect(order.columnIndices == expected.map { entries[$0].column })
            #expect(order.sorted(pieces.map { $0.map(Int64.init)[...] }) == expected.map(Int64.init))
            #expect(order.rowOffsets == (0...rows + 8).map { row in entries.count { $0.row < row } })
        }
    }

    /// Rows of 300 distinct unsorted columns take every path of the row sort.
    @Test(arguments: [1, 3])
    func `rows without repeats are reported as such`(_ threads: Int) {
        var generator = SeededGenerator(seed: 5)
        var columns: [Int32] = []
        for _ in 0..<200 {
            var row = (0..<9000).map(Int32.init)
            for place in 0..<300 { row.swapAt(place, place + generator.next(below: row.count - place)) }
            columns += row[..<300]
        }
        let rows = columns.indices.map { Int32($0 / 300) }
        let order = RowOrder(
            rows: [rows[...]], columns: [columns[...]], rowCount: 200, columnCount: 9000, threads: threads)
        #expect(!order.hasRepeats)
        let expected = stride(from: 0, to: columns.count, by: 300).flatMap { columns[$0..<$0 + 300].sorted() }
        #expect(order.columnIndices == expected)
    }
}
