import LinearAlgebra
import Neighbors
import Ratings
import TestSupport
import Testing
import Worker

/// BLOCK frames of users, as many rows in each as `cut` says.
func blockFrames(
    _ ratings: RatingMatrix, _ users: [Int], side: Int, cut: Int = .max, asHalves: Bool = false
) -> [Frame] {
    let rows = ratings.byUser
    return Parallel.ranges(users.count, of: min(cut, max(1, users.count))).map { range in
        let entries = users[range].flatMap { rows.entries(ofRow: $0) }
        let offsets = users[range].reduce(into: [0]) { $0.append($0[$0.count - 1] + rows.entries(ofRow: $1).count) }
        let payload = Payload().integer(side, range.count, asHalves ? 1 : 0, range.lowerBound)
            .int32(users[range].map(Int32.init)).integers(offsets).int32(entries.map { rows.columnIndices[$0] })
        let values = entries.map { rows.values[$0] }
        return Frame(.block, asHalves ? payload.halves(values) : payload.floats(values))
    }
}

/// The lists of LISTS frames, by user.
func lists(_ frames: [Frame]) -> [Int32: [Neighbor]] {
    var lists: [Int32: [Neighbor]] = [:]
    for frame in frames {
        var taker = Taker(frame)
        let rows = taker.integers(2)[1]
        let (ids, counts) = (taker.int32(rows), taker.int32(rows))
        let entries = Int(counts.reduce(0, +))
        let (neighbors, similarities, supports) = (taker.int32(entries), taker.floats(entries), taker.int32(entries))
        #expect(taker.isEmpty)
        var place = 0
        for (id, count) in zip(ids, counts) {
            #expect(lists[id] == nil, "user \(id) twice")
            lists[id] = (place..<place + Int(count)).map {
                Neighbor(user: neighbors[$0], similarity: similarities[$0], support: supports[$0])
            }
            place += Int(count)
        }
    }
    return lists
}

/// LISTS of users and their neighbors.
func listsFrame(_ lists: [(Int32, [Neighbor])], side: Int = 0) -> Frame {
    let near = lists.flatMap(\.1)
    return Frame(
        .lists,
        Payload().integer(side, lists.count).int32(lists.map(\.0)).int32(lists.map { Int32($0.1.count) })
            .int32(near.map(\.user)).floats(near.map(\.similarity)).int32(near.map(\.support)))
}

struct GraphTaskTests {
    private let ratings = RatingMatrix.random(users: 40, items: 25, density: 0.3, seed: 7)

    private func settings(_ configuration: SimilarityConfiguration, pairing: String, threads: Int = 2) -> [String: Any]
    {
        [
            "task": "graph", "users": ratings.users.count, "items": ratings.items.count, "ratings": ratings.count,
            "neighbors": configuration.neighbors, "measure": configuration.measure,
            "weights": configuration.itemWeights,
            "norms": configuration.norms, "minSupport": configuration.minSupport,
            "minSimilarity": configuration.minSimilarity, "shrinkage": configuration.shrinkage, "exact": 1,
            "pairing": pairing, "threads": threads,
        ]
    }

    private var counts: Frame {
        let items = ratings.byUser.transposed()
        return Frame(.counts, Payload().integers((0..<items.rows).map { items.entries(ofRow: $0).count }))
    }

    private static let configurations: [SimilarityConfiguration] = {
        var (plain, centered, weighted) = (
            SimilarityConfiguration(), SimilarityConfiguration(), SimilarityConfiguration()
        )
        plain.neighbors = 5
        (centered.neighbors, centered.measure, centered.norms, centered.minSupport) = (3, .centered, .shared, 2)
        (weighted.neighbors, weighted.itemWeights, weighted.shrinkage) = (4, .bm25, 2.5)
        weighted.minSimilarity = 0.1
        return [plain, centered, weighted]
    }()

    @Test(arguments: configurations)
    func `two blocks and their merge give the lists of all pairs`(configuration: SimilarityConfiguration) throws {
        let even = (0..<40).filter { $0 % 3 == 0 }
        let odd = (0..<40).filter { $0 % 3 != 0 }
        let weights = configuration.itemWeights == .none ? [] : [counts]
        let blocks =
            weights + blockFrames(ratings, even, side: 0, cut: 4, asHalves: true)
            + blockFrames(ratings, odd, side: 1, cut: 1)
        var parts: [Frame] = []
        for pairing in ["across", "within"] {
            let answer = try run(settings(configuration, pairing: pairing), blocks + [Frame(.pair)])
            #expect(answer.failure == nil)
            #expect(answer.of(.lists).map { Taker($0).side } == [0, 1])
            parts += answer.of(.lists)
        }
        let merged = try run(["task": "merge", "neighbors": configuration.neighbors], parts.reversed())
        #expect(merged.failure == nil)
        let table = try AllPairs(configuration, threads: 1).neighbors(in: ratings)
        let lists = lists(merged.of(.lists))
        for user in 0..<40 { #expect(lists[Int32(user)] == table.neighbors(of: user), "user \(user)") }
    }

    @Test func `floors leave out what is below them`() throws {
        var configuration = SimilarityConfiguration()
        configuration.neighbors = 6
        let blocks = blockFrames(ratings, Array(0..<40), side: 0)
        let all = lists(try run(settings(configuration, pairing: "within"), blocks + [Frame(.pair)]).of(.lists))
        let floors = (0..<40).map { all[Int32($0)]?.dropFirst(2).first?.similarity ?? 0 }
        let frames = blocks + [Frame(.floors, Payload().integer(0).floats(floors)), Frame(.pair)]
        let floored = lists(try run(settings(configuration, pairing: "within"), frames).of(.lists))
        for user in 0..<40 {
            #expect(floored[Int32(user)] == all[Int32(user)]?.filter { $0.similarity >= floors[user] }, "user \(user)")
        }
        #expect(floored.values.map(\.count).reduce(0, +) < all.values.map(\.count).reduce(0, +))
    }

    @Test func `blocks that contradict themselves are refused`() throws {
        func block(
            _ ids: [Int32], _ offsets: [Int], _ columns: [Int32], _ values: [Float], first: Int = 0, kind: Int = 0
        ) -> Frame {
            Frame(
                .block,
                Payload().integer(0, ids.count, kind, first).int32(ids).integers(offsets).int32(columns).floats(values))
        }
        let settings = settings(SimilarityConfiguration(), pairing: "within")
        #expect(try run(settings, [block([3, 5], [0, 1, 2], [0, 24], [1, 2]), Frame(.pair)]).failure == nil)
        let cases: [(Frame, String)] = [
            (block([5, 3], [0, 1, 2], [0, 24], [1, 2]), "user 3 follows 5 of 40"),
            (block([3, 3], [0, 1, 2], [0, 24], [1, 2]), "user 3 follows 3 of 40"),
            (block([3, 40], [0, 1, 2], [0, 24], [1, 2]), "user 40 follows 3 of 40"),
            (block([3], [1, 1], [0], [1]), "offsets do not ascend from 0"),
            (block([3, 5], [0, 1, 0], [], []), "offsets do not ascend from 0"),
            (block([3], [0, 2], [4, 4], [1, 2]), "column 4 follows 4 of 25 in row 0 of the frame"),
            (block([3], [0, 1], [25], [1]), "column 25 follows -1 of 25 in row 0 of the frame"),
            (block([3], [0, 1], [-1], [1]), "column -1 follows -1 of 25 in row 0 of the frame"),
            (block([3], [0, 1], [1], [.nan]), "a value is not finite"),
            (block([3], [0, 1], [1], [1], first: 1), "begins at row 1 instead of 0"),
            (block([3], [0, 1], [1], [1], kind: 2), "kind of values 2"),
            (block([3], [0, 5], [1], [1]), "5 columns need more than the 16 bytes that are left"),
            (block([3], [0, .max], [1], [1]), "\(Int.max) columns need more than the 16 bytes that are left"),
            (Frame(.block, block([3], [0, 1], [1], [1]).payload + [0]), "1 bytes too many"),
            (
                Frame(.block, Payload().integer(0, .max, 0, 0)),
                "\(Int.max) ids need more than the 0 bytes that are left"
            ),
            (Frame(.block, Payload().integer(0, -1, 0, 0)), "rows is -1"),
            (Frame(.block, Payload().integer(2, 0, 0, 0)), "side 2"),
        ]
        for (frame, message) in cases {
            let failure = try run(settings, [frame, Frame(.pair)]).failure
            #expect(failure?.code == .badInput && failure?.description == "BLOCK: \(message)")
        }
        let twice = [block([3], [0, 1], [0], [1])] + blockFrames(ratings, [3], side: 1)
        #expect(try run(settings, twice + [Frame(.pair)]).failure?.description == "PAIR: user 3 is in both blocks")
    }

    @Test func `item weights need counts`() throws {
        let failure = try run(settings(Self.configurations[2], pairing: "within"), [Frame(.pair)]).failure
        #expect(failure?.description == "PAIR: item weights need COUNTS")
    }

    /// Also where the changed byte is that of a kind.
    @Test func `no changed byte goes unnoticed`() throws {
        let settings = settings(SimilarityConfiguration(), pairing: "within")
        let frames = blockFrames(ratings, [1, 2], side: 0, asHalves: true)
        let floors = Frame(.floors, Payload().integer(0).floats([0, 0.5]))
        let bytes = stream([config(settings)] + frames + [floors, Frame(.pair)])
        #expect(try run(bytes).failure == nil)
        for place in bytes.indices {
            var damaged = bytes
            damaged[place] ^= 1
            #expect(try run(damaged).failure != nil, "byte \(place)")
        }
    }
}

extension Taker {
    /// The side of LISTS.
    var side: Int {
        var own = self
        return own.integers(1)[0]
    }
}
