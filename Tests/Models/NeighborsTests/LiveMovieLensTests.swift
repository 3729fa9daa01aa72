import Foundation
import LinearAlgebra
import Neighbors
import Ratings
import TestSupport
import Testing

/// The live lists on MovieLens 100K.
@Suite(.enabled(if: movieLens100K != nil, "MovieLens 100K is not beside the project"))
struct LiveMovieLensTests {
    private struct Row {
        let user: String
        let item: String
        let value: Float
        let time: Int
    }

    /// The ratings of `u.data` in the order of time.
    private func rows() throws -> [Row] {
        let text = try String(contentsOfFile: "\(movieLens100K ?? "")/u.data", encoding: .utf8)
        let rows = text.split(separator: "\n").map { line in
            let fields = line.split(separator: "\t").map(String.init)
            return Row(user: fields[0], item: fields[1], value: Float(fields[2]) ?? 0, time: Int(fields[3]) ?? 0)
        }
        return rows.indices.sorted { (rows[$0].time, $0) < (rows[$1].time, $1) }.map { rows[$0] }
    }

    /// The last ratings come in batches of one to a thousand, and some of the first are removed or changed meanwhile.
    @Test(arguments: [SimilarityConfiguration.Measure.cosine, .centered])
    func `lists are those of a batch run after each of 12 batches`(
        _ measure: SimilarityConfiguration.Measure
    ) throws {
        let rows = try rows()
        var generator = SeededGenerator(seed: 1)
        var ratings = MutableRatings()
        func set(_ value: Float?, _ row: Int) {
            ratings.set(value, user: ratings.addUser(rows[row].user), item: ratings.addItem(rows[row].item))
        }
        for row in 0..<90_000 { set(rows[row].value, row) }
        _ = ratings.settle()
        var configuration = SimilarityConfiguration()
        configuration.measure = measure
        var live = try LiveNeighbors(ratings, configuration, threads: 2)
        var next = 90_000
        for batch in 0..<12 {
            for _ in 0..<[1, 10, 100, 1000][batch % 4] {
                set(rows[next].value, next)
                next += 1
                if generator.next(below: 5) == 0 {
                    let old = generator.next(below: next)
                    set(generator.next(below: 2) == 0 ? nil : Float(1 + generator.next(below: 5)), old)
                }
            }
            _ = try live.follow(ratings.settle(), in: ratings)
            try expectBatchRun(live, ratings)
        }
    }
}
