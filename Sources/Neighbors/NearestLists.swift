import LinearAlgebra
import Synchronization

/// The nearest users found so far, for the users at all positions.
///
/// Threads share it: the lists of each block of `laneCount` positions are behind a lock of their own, so that threads,
/// which mostly are at different blocks, hardly ever wait. What is kept does not depend on who comes first.
final class NearestLists: Sendable {
    private let blocks: [Block]

    /// - Parameter floor: no lower similarity is kept.
    init(_ positions: Int, capacity: Int, floor: Float, threads: Int) {
        blocks = Parallel.map((positions + laneCount - 1) / laneCount, threads: threads) { block in
            Block(TopK(rows: min(laneCount, positions - block * laneCount), capacity: capacity, floor: floor))
        }
    }

    /// The least similarity that may still enter the list of each position of a block, beginning with the given one.
    func bounds(ofBlockFrom position: Int) -> [Float] {
        blocks[position / laneCount].lists.withLock { $0.thresholds }
    }

    /// Offers candidates to the lists of a block; their rows count from its first position.
    func offer(_ candidates: ArraySlice<TopK.Candidate>, toBlockFrom position: Int) {
        guard !candidates.isEmpty else { return }
        blocks[position / laneCount].lists.withLock { $0.offer(candidates) }
    }

    /// What a position has kept, best first.
    func best(at position: Int) -> [(index: Int32, score: Float)] {
        blocks[position / laneCount].lists.withLock { $0.best(ofRow: position % laneCount) }
    }

    private final class Block: Sendable {
        let lists: Mutex<TopK>

        init(_ lists: sending TopK) { self.lists = Mutex(lists) }
    }
}
