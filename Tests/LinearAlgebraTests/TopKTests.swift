import LinearAlgebra
import Testing

struct TopKTests {
    /// Scores with many ties and zeros, as a similarity tile has them.
    private func tile(_ rows: Int, _ columns: Int, _ seed: UInt64) -> DenseMatrix<Float> {
        var generator = SeededGenerator(seed: seed)
        var tile = DenseMatrix<Float>(rows: rows, columns: columns)
        for i in 0..<rows { for j in 0..<columns { tile[i, j] = Float(generator.next(below: 9)) / 8 } }
        return tile
    }

    private func sorted(_ scores: [(index: Int32, score: Float)], _ k: Int) -> [Int32] {
        scores.filter { $0.score > 0 }.sorted { ($1.score, $0.index) < ($0.score, $1.index) }.prefix(k).map(\.index)
    }

    @Test(arguments: [1, 3, 10, 100], [5, 16, 37])
    func keepsWhatSortingKeeps(_ k: Int, _ width: Int) {
        // Two tiles, offered from right to left: the order must not matter.
        let tiles = [tile(4, width, 1), tile(4, width, 2)]
        var lists = TopK(rows: 4, capacity: k)
        for part in [1, 0] { lists.offerRows(of: tiles[part], firstIndex: part * width, skippingDiagonal: false) }
        for row in 0..<4 {
            let all = (0..<2 * width).map { (index: Int32($0), score: tiles[$0 / width][row, $0 % width]) }
            #expect(lists.best(ofRow: row).map(\.index) == sorted(all, k))
        }
    }

    @Test(arguments: [1, 4, 50])
    func columnsAreTheRowsOfTheMirroredTile(_ k: Int) {
        let tile = tile(23, 19, 3)
        var mirrored = DenseMatrix<Float>(rows: 19, columns: 23)
        for i in 0..<23 { for j in 0..<19 { mirrored[j, i] = tile[i, j] } }
        var columns = TopK(rows: 19, capacity: k)
        var rows = TopK(rows: 19, capacity: k)
        columns.offerColumns(of: tile, firstIndex: 100)
        rows.offerRows(of: mirrored, firstIndex: 100, skippingDiagonal: false)
        for row in 0..<19 {
            #expect(columns.best(ofRow: row).map(\.index) == rows.best(ofRow: row).map(\.index))
        }
    }

    @Test func nobodyIsTheirOwnNeighbor() {
        var lists = TopK(rows: 20, capacity: 20)
        lists.offerRows(of: tile(20, 20, 4), firstIndex: 0, skippingDiagonal: true)
        for row in 0..<20 { #expect(!lists.best(ofRow: row).contains { $0.index == row }) }
    }
}
