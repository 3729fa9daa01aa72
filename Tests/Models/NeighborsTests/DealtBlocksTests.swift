import Foundation
import LinearAlgebra
import Neighbors
import Ratings
import Testing

/// What a cluster has to do and to ship, counted.
struct DealtBlocksTests {
    /// Activity and popularity fall like those of MovieLens: a hundredth of the items have a tenth of the ratings.
    private func ratings(users: Int, items: Int, mean: Double) -> RatingMatrix {
        var generator = SeededGenerator(seed: 19)
        let popularity = (0..<items).map { 1 / Double(10 + $0) }
        let activity = (0..<users).map { _ in 0.25 - 0.75 * log(1 - generator.uniform()) }
        let scale = mean / popularity.reduce(0, +)
        var (offsets, columns, values) = ([0], [Int32](), [Float]())
        for user in 0..<users {
            for item in 0..<items where generator.uniform() < scale * activity[user] * popularity[item] {
                columns.append(Int32(item))
                values.append(Float(1 + generator.next(below: 10)) / 2)
            }
            offsets.append(columns.count)
        }
        return RatingMatrix(
            users: Vocabulary((0..<users).map(String.init)), items: Vocabulary((0..<items).map(String.init)),
            byUser: SparseMatrix(columns: items, rowOffsets: offsets, columnIndices: columns, values: values))
    }

    /// Products: Σ a·b over the raters a and b of an item in two blocks, Σ a²/2 within one.
    @Test func `tasks of dealt blocks have about equal work`() {
        let dealt = DealtBlocks(ratings(users: 6_000, items: 1_000, mean: 50), into: 32)
        let counts = dealt.blocks.map { block in
            block.ratings.columnIndices.reduce(into: [Double](repeating: 0, count: 1_000)) { $0[Int($1)] += 1 }
        }
        func products(_ a: Int, _ b: Int) -> Double { zip(counts[a], counts[b]).reduce(0) { $0 + $1.0 * $1.1 } }
        let work = dealt.tasks.map { task in
            guard task.pairing == .within else { return products(task.first, task.second ?? 0) }
            return (products(task.first, task.first) + (task.second.map { products($0, $0) } ?? 0)) / 2
        }
        #expect(work.count == 16 + 32 * 31 / 2)
        #expect((work.max() ?? 0) <= 1.1 * work.reduce(0, +) / Double(work.count))
    }

    /// 1 + 2 + 4/3 + 8/7 + 16/15 + 1/31 ≈ 6.6 lists a user: a wave ships about as many lists as it has new blocks for each
    /// that was compared before. In one wave it is one list for each of the 32 blocks.
    @Test func `waves with floors ship at most seven lists a user`() throws {
        var configuration = SimilarityConfiguration()
        configuration.neighbors = 10
        let ratings = ratings(users: 6_000, items: 300, mean: 20)
        let dealt = DealtBlocks(ratings, into: 32)
        #expect(dealt.waves.map(\.count) == [16, 32, 64, 128, 256, 16])
        let (table, entries) = try dealt.table(configuration, dealt.waves, threads: 2)
        #expect(entries <= 7 * 6_000 * 10)
        #expect(areEqual(table, try AllPairs(configuration, threads: 2).neighbors(in: ratings)))
    }
}
