import LinearAlgebra
import Testing

struct TopKTests {
    /// Scores with many ties and zeros, as in a similarity tile.
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
    func `top k of a tile equals a full sort`(_ k: Int, _ width: Int) {
        // Two tiles, offered right to left: the order must not matter.
        let tiles = [tile(4, width, 1), tile(4, width, 2)]
        var lists = TopK(rows: 4, capacity: k)
        for part in [1, 0] { lists.offerRows(of: tiles[part], firstIndex: part * width) }
        for row in 0..<4 {
            let all = (0..<2 * width).map { (index: Int32($0), score: tiles[$0 / width][row, $0 % width]) }
            #expect(lists.best(ofRow: row).map(\.index) == sorted(all, k))
        }
    }

    /// Negative scores and ties included.
    @Test(arguments: [1, 2, 7, 50, 400])
    func `top k does not depend on the order of candidates`(_ k: Int) {
        var generator = SeededGenerator(seed: UInt64(k))
        let scores = (0..<1000).map { _ in Float(generator.next(below: 120)) / 8 - 5 }
        let expected = scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }.prefix(k)
        for order in [Array(scores.indices), scores.indices.reversed(), scores.indices.shuffled(using: &generator)] {
            var lists = TopK(rows: 3, capacity: k, floor: -.greatestFiniteMagnitude)
            lists.offer(order.map { TopK.Candidate(row: 2, index: Int32($0), score: scores[$0]) }[...])
            let best = lists.best(ofRow: 2)
            #expect(best.map { Int($0.index) } == Array(expected))
            #expect(best.map(\.score) == expected.map { scores[$0] })
            #expect(lists.best(ofRow: 0).isEmpty && lists.best(ofRow: 1).isEmpty)
            // The threshold of a full list never exceeds its worst score.
            #expect(best.count < k || lists.thresholds[2] <= best[k - 1].score)
        }
    }
}
