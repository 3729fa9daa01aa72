import LinearAlgebra
import Neighbors
import Ratings
import Testing

/// All pairs in parts, as a cluster computes them: users dealt into blocks, tasks of two blocks, lists merged.
struct DealtBlocks {
    /// Blocks to compare; diagonals are paired, two to a task.
    struct Task {
        let first: Int
        let second: Int?
        let pairing: BlockPairs.Pairing
    }

    let ratings: RatingMatrix
    let blocks: [UserBlock]

    /// Users by falling activity, then by index, dealt to and fro.
    init(_ ratings: RatingMatrix, into count: Int) {
        let matrix = ratings.byUser
        let lengths = (0..<matrix.rows).map { matrix.entries(ofRow: $0).count }
        var members = [[Int32]](repeating: [], count: count)
        for (rank, user) in (0..<Int32(matrix.rows)).sorted(by: { (lengths[Int($1)], $0) < (lengths[Int($0)], $1) })
            .enumerated()
        {
            let place = rank % (2 * count)
            members[place < count ? place : 2 * count - 1 - place].append(user)
        }
        self.init(ratings, members.map { $0.sorted() })
    }

    /// - Parameter members: the users of each block, ascending.
    init(_ ratings: RatingMatrix, _ members: [[Int32]]) {
        self.ratings = ratings
        blocks = members.map { UserBlock(ids: $0, ratings: ratings.byUser.rows($0)) }
    }

    var statistics: RatingStatistics {
        RatingStatistics(users: ratings.users.count, ratings: ratings.count, itemCounts: ratings.itemCounts)
    }

    /// Whether `Float` sums are exact for every user, as a driver decides it.
    var isExact: Bool {
        ratings.byUser.values.allSatisfy { (2 * $0).rounded() == 2 * $0 }
            && (0..<ratings.users.count).allSatisfy { user in
                4 * ratings.ratings(ofUser: user).reduce(0) { $0 + Double($1.1 * $1.1) } <= 0x1p24
            }
    }

    private var diagonals: [Task] {
        stride(from: 0, to: blocks.count, by: 2).map {
            Task(first: $0, second: $0 + 1 < blocks.count ? $0 + 1 : nil, pairing: .within)
        }
    }

    /// All tasks in one wave.
    var tasks: [Task] {
        diagonals
            + blocks.indices.flatMap { first in
                (first + 1..<blocks.count).map { Task(first: first, second: $0, pairing: .across) }
            }
    }

    /// Waves of tasks by cyclic distance: 0, 1, 2 and 3, 4 to 7, and so on.
    var waves: [[Task]] {
        var waves = [diagonals]
        let count = blocks.count
        var distances = 1..<2
        while distances.lowerBound <= count / 2 {
            waves.append(
                distances.prefix { $0 <= count / 2 }.flatMap { distance in
                    // At half the circle, each pair is met from both ends.
                    (0..<(2 * distance == count ? distance : count)).map {
                        Task(first: $0, second: ($0 + distance) % count, pairing: .across)
                    }
                })
            distances = distances.upperBound..<2 * distances.upperBound
        }
        return waves
    }

    /// The merged lists after some waves, and how many entries all tasks gave.
    func table(
        _ configuration: SimilarityConfiguration, _ waves: [[Task]], threads: Int = 1, isExact: Bool? = nil
    ) throws -> (table: NeighborTable, entries: Int) {
        let pairs = try BlockPairs(
            configuration, statistics: statistics, isExact: isExact ?? self.isExact, threads: threads)
        var lists = ListMerge.Lists(ids: [], table: NeighborTable(rows: []))
        var entries = 0
        for tasks in waves {
            var merge = ListMerge(neighbors: configuration.neighbors)
            let floors = floors(lists, configuration.neighbors)
            for task in tasks {
                let members = [blocks[task.first]] + (task.second.map { [blocks[$0]] } ?? [])
                let ids = members.flatMap(\.ids)
                let table = pairs.neighbors(
                    members[0], members.count > 1 ? members[1] : nil, pairing: task.pairing,
                    floors: lists.ids.isEmpty ? [] : ids.map { floors[Int($0)] })
                entries += table.neighbors.count
                merge.add(ListMerge.Lists(ids: ids, table: table))
            }
            merge.add(lists)
            lists = merge.merged(threads: threads)
        }
        #expect(lists.ids == Array(0..<Int32(ratings.users.count)))
        return (lists.table, entries)
    }

    /// The similarity of the k-th neighbor of each user, 0 for those with fewer.
    private func floors(_ lists: ListMerge.Lists, _ neighbors: Int) -> [Float] {
        lists.ids.indices.map { row in
            let entries = lists.table.offsets[row]..<lists.table.offsets[row + 1]
            return entries.count == neighbors ? lists.table.similarities[entries.upperBound - 1] : 0
        }
    }
}

extension SparseMatrix {
    /// Some rows as a matrix.
    fileprivate func rows(_ rows: [Int32]) -> SparseMatrix {
        let entries = rows.map { self.entries(ofRow: Int($0)) }
        return SparseMatrix(
            columns: columns, rowOffsets: entries.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) },
            columnIndices: entries.flatMap { columnIndices[$0] }, values: entries.flatMap { values[$0] })
    }
}

/// Whether two tables have the same neighbors and supports, and the same bits of similarities.
func areEqual(_ a: NeighborTable, _ b: NeighborTable) -> Bool {
    a.offsets == b.offsets && a.neighbors == b.neighbors && a.supports == b.supports
        && a.similarities.map(\.bitPattern) == b.similarities.map(\.bitPattern)
}
