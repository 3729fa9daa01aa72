import LinearAlgebra
import Ratings

/// The range of ratings, and the distinct values of the first ones.
struct RatingValues: Sendable {
    let least: Float
    private let greatest: Float
    /// Those of the first rows, up to a limit; of all rows where they may be ratings with marks for "not rated".
    private let distinct: Set<Float>
    let leastCount: Int

    private static let distinctLimit = 1000
    private static let firstRows = 20_000

    /// - Complexity: O(ratings / threads).
    init(_ entries: [RatingEntries], threads: Int) {
        let ranges = Parallel.map(entries.count, threads: threads) { Self.range(of: entries[$0].values) }
        let (least, greatest) = ranges.reduce((Float.infinity, -Float.infinity)) { (min($0.0, $1.0), max($0.1, $1.1)) }
        (self.least, self.greatest) = (least, greatest)
        // Few files have such a least value, and all of their ratings are looked at.
        let mayHaveMarks = (least == 0 || least == -1) && greatest <= 10
        var (distinct, count, left) = (Set<Float>(), 0, mayHaveMarks ? Int.max : Self.firstRows)
        for piece in entries where left > 0 {
            for value in piece.values.prefix(left) {
                if value == least { count += 1 } else if distinct.count <= Self.distinctLimit { distinct.insert(value) }
            }
            left -= min(left, piece.count)
        }
        (self.distinct, leastCount) = (distinct.union([least]), count)
    }

    private static func range(of values: [Float]) -> (Float, Float) {
        var (least, greatest) = (Float.infinity, -Float.infinity)
        for value in values {
            if value < least { least = value }
            if value > greatest { greatest = value }
        }
        return (least, greatest)
    }

    /// What is suspicious about values that are no ratings.
    var note: ReadingNote? {
        if greatest > 1e6 {
            return ReadingNote("The ratings reach \(greatest): they may be times or ids.", .columns(Self.choice))
        }
        return distinct.count > Self.distinctLimit
            ? ReadingNote(
                "The ratings have more than 1,000 distinct values: they may be amounts, times or ids.",
                .columns(Self.choice)) : nil
    }

    private static let choice = "user=NAME,item=NAME,rating=NAME"

    /// 1…10 or 1…5 where that is what all ratings are but those of 0, or of -1.
    var scaleWithoutMarks: ClosedRange<Float>? {
        guard least == 0 || least == -1, distinct.count <= 21 else { return nil }
        let others = distinct.filter { $0 != least }
        guard let first = others.min(), first >= 1, greatest <= 10, others.count > 1 else { return nil }
        return 1...(greatest > 5 ? 10 : 5)
    }
}
