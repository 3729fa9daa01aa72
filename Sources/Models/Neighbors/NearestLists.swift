import LinearAlgebra
import Synchronization

/// The nearest users found so far, for every position.
///
/// Shared by threads: each block of `laneCount` positions has its own lock, so that threads, mostly at different
/// blocks, rarely wait. The result does not depend on their order.
final class NearestLists: Sendable {
    private let blocks: [Block]
    let capacity: Int
    /// The minimum similarity to keep at each position.
    private let floors: [Float]

    /// The number of candidates for k neighbors with rounded similarities: with the spare ones, the last candidate is
    /// rarely as near as the k-th neighbor.
    static func candidates(_ neighbors: Int) -> Int { neighbors + 4 + neighbors / 16 }

    /// - Parameter floors: the minimum similarity to keep, one per position.
    init(floors: [Float], capacity: Int, threads: Int) {
        self.capacity = capacity
        self.floors = floors
        let ranges = Parallel.ranges(floors.count, of: laneCount)
        blocks = Parallel.map(ranges.count, threads: threads) { block in
            Block(TopK(capacity: capacity, floors: floors[ranges[block]]))
        }
    }

    /// The similarity to reach for each position of a block, starting at the given one.
    func bounds(ofBlockFrom position: Int) -> [Float] {
        blocks[position / laneCount].lists.withLock { $0.thresholds }
    }

    /// Offers candidates to the lists of a block, with rows relative to its first position.
    func offer(_ candidates: ArraySlice<TopK.Candidate>, toBlockFrom position: Int) {
        guard !candidates.isEmpty else { return }
        blocks[position / laneCount].lists.withLock { $0.offer(candidates) }
    }

    /// The candidates kept for each user, best first.
    struct Kept {
        /// Those of user u are `offsets[u] ..< offsets[u + 1]`.
        let offsets: [Int]
        let users: [Int32]
        let similarities: [Float]
        /// An upper bound of the similarity of all other users, by user.
        let others: [Float]
    }

    /// - Parameters:
    ///   - order: the user at each position.
    ///   - limit: how many of a user's candidates to keep, given their similarities, best first; by default all.
    func kept(
        order: [Int32], threads: Int,
        limit: @Sendable (_ user: Int, [(index: Int32, score: Float)]) -> Int = { $1.count }
    ) -> Kept {
        var positions = [Int](repeating: 0, count: order.count)
        for (position, user) in order.enumerated() { positions[Int(user)] = position }
        let chunks = Parallel.ranges(order.count, of: 64)
        let parts = Parallel.map(chunks.count, threads: threads) { [positions] part in
            var (counts, users, similarities, others): ([Int], [Int32], [Float], [Float]) = ([], [], [], [])
            for user in chunks[part] {
                let best = best(at: positions[user])
                let count = limit(user, best)
                counts.append(count)
                for candidate in best[..<count] {
                    users.append(candidate.index)
                    similarities.append(candidate.score)
                }
                let next = count < best.count ? best[count].score : nil
                others.append(next ?? (best.count == capacity ? best[capacity - 1].score : floors[positions[user]]))
            }
            return (counts: counts, users: users, similarities: similarities, others: others)
        }
        var offsets = [0]
        offsets.reserveCapacity(order.count + 1)
        for part in parts { for count in part.counts { offsets.append(offsets[offsets.count - 1] + count) } }
        return Kept(
            offsets: offsets, users: Parallel.join(parts.map(\.users), threads: threads),
            similarities: Parallel.join(parts.map(\.similarities), threads: threads),
            others: parts.flatMap(\.others))
    }

    private func best(at position: Int) -> [(index: Int32, score: Float)] {
        blocks[position / laneCount].lists.withLock { $0.best(ofRow: position % laneCount) }
    }

    private final class Block: Sendable {
        let lists: Mutex<TopK>

        init(_ lists: sending TopK) { self.lists = Mutex(lists) }
    }
}
