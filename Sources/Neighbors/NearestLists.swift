import LinearAlgebra
import Synchronization

/// The nearest users found so far, for the users at all positions.
///
/// Threads share it: the lists of each tile are behind a lock of their own. What is kept does not depend on who comes first.
final class NearestLists: Sendable {
    private let tileRows: Int
    private let tiles: [Tile]

    /// - Parameter floor: no lower similarity is kept.
    init(_ tiles: [Range<Int>], tileRows: Int, capacity: Int, floor: Float) {
        self.tileRows = tileRows
        self.tiles = tiles.map { Tile(TopK(rows: $0.count, capacity: capacity, floor: floor)) }
    }

    /// The least similarity that may still enter the list of each position, all of one tile.
    func bounds(of positions: Range<Int>) -> [Float] {
        let first = positions.lowerBound / tileRows * tileRows
        return tiles[positions.lowerBound / tileRows].lists.withLock {
            Array($0.thresholds[positions.lowerBound - first..<positions.upperBound - first])
        }
    }

    /// Offers candidates to the lists of some positions, all of one tile; their rows count from the first position.
    func offer(_ candidates: [TopK.Candidate], to positions: Range<Int>) {
        guard !candidates.isEmpty else { return }
        let first = Int32(positions.lowerBound % tileRows)
        tiles[positions.lowerBound / tileRows].lists.withLock { $0.offer(candidates, firstRow: first) }
    }

    /// What a position has kept, best first.
    func best(at position: Int) -> [(index: Int32, score: Float)] {
        tiles[position / tileRows].lists.withLock { $0.best(ofRow: position % tileRows) }
    }

    private final class Tile: Sendable {
        let lists: Mutex<TopK>

        init(_ lists: sending TopK) { self.lists = Mutex(lists) }
    }
}
