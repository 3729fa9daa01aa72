import LinearAlgebra
import Ratings
import Testing

/// Timestamps stay with their ratings, in any row order and with duplicates.
struct TimestampTests {
    private typealias Row = (user: Int32, item: Int32, value: Float, time: Int64)

    /// Up to four ratings of each pair, all at distinct times.
    private func rows(seed: UInt64) -> [Row] {
        var generator = SeededGenerator(seed: seed)
        var rows: [Row] = []
        for user in 0..<7 as Range<Int32> {
            for item in 0..<9 as Range<Int32> {
                for _ in 0..<generator.next(below: 5) {
                    let time = Int64(generator.next(below: 1 << 30)) << 8 | Int64(rows.count)
                    rows.append((user, item, Float(generator.next(below: 10)) / 2, time))
                }
            }
        }
        return rows
    }

    private func assemble(_ rows: [Row], _ policy: DuplicatePolicy) throws -> RatingMatrix {
        try RatingMatrix.assemble(
            // Two pieces, the first often with the earlier rating of a pair.
            [rows.prefix(rows.count / 3), rows.dropFirst(rows.count / 3)].map { rows in
                RatingEntries(
                    users: rows.map(\.user), items: rows.map(\.item), values: rows.map(\.value),
                    timestamps: rows.map(\.time))
            },
            users: Vocabulary((0..<7).map(String.init)), items: Vocabulary((0..<9).map(String.init)),
            duplicates: policy, threads: 2
        ).matrix
    }

    /// The rating of a pair that counts, and its time.
    private func expected(_ same: [Row], _ policy: DuplicatePolicy) -> (value: Float, time: Int64) {
        let byTime = same.sorted { $0.time < $1.time }
        let (first, last) = (byTime[0], byTime[byTime.count - 1])
        switch policy {
        case .first: return (first.value, first.time)
        case .last: return (last.value, last.time)
        case .mean, .error: return (same.reduce(0) { $0 + $1.value } / Float(same.count), last.time)
        case .sum: return (same.reduce(0) { $0 + $1.value }, last.time)
        case .count: return (Float(same.count), last.time)
        }
    }

    @Test(arguments: [DuplicatePolicy.last, .first, .mean, .sum, .count])
    func `timestamps follow the duplicate policy in any order`(_ policy: DuplicatePolicy) throws {
        let rows = rows(seed: 3)
        var generator = SeededGenerator(seed: 8)
        for _ in 0..<10 {
            let matrix = try assemble(rows.shuffled(using: &generator), policy)
            let times = try #require(matrix.timestamps)
            for user in 0..<7 {
                for entry in matrix.byUser.entries(ofRow: user) {
                    let same = rows.filter {
                        $0.user == Int32(user) && $0.item == matrix.byUser.columnIndices[entry]
                    }
                    let (value, time) = expected(same, policy)
                    #expect(times[entry] == time && abs(matrix.byUser.values[entry] - value) < 1e-6)
                }
            }
            #expect(matrix.count == Set(rows.map { $0.user * 9 + $0.item }).count)
        }
    }

    @Test func `timestamps without duplicates are unchanged`() throws {
        let rows = rows(seed: 4)
        let single = rows.indices.filter { place in
            !rows[..<place].contains { $0.user == rows[place].user && $0.item == rows[place].item }
        }.map { rows[$0] }
        var generator = SeededGenerator(seed: 9)
        for _ in 0..<5 {
            let matrix = try assemble(single.shuffled(using: &generator), .error)
            #expect(matrix.timestamps == single.map(\.time) && matrix.byUser.values == single.map(\.value))
        }
    }
}
