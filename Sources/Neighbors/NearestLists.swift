import LinearAlgebra
import Synchronization

/// The nearest users found so far, for the users at all positions.
///
/// Threads share it: the lists of each tile are behind a lock of their own. What is kept does not depend on who comes first.
final class NearestLists: Sendable {
    /// A pair of users by position and by index, offered to the lists of both.
    struct Pair {
        let row: Int
        let lane: Int
        let rowUser: Int32
        let laneUser: Int32
        let similarity: Float

        init(row: Int, lane: Int, rowUser: Int32, laneUser: Int32, _ similarity: Float) {
            self.row = row
            self.lane = lane
            self.rowUser = rowUser
            self.laneUser = laneUser
            self.similarity = similarity
        }
    }

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

    /// - Parameters:
    ///   - rows: positions of one tile, where the pairs' rows are.
    ///   - block: positions of one tile, where their lanes are.
    func offer(_ pairs: [Pair], rows: Range<Int>, block: Range<Int>) {
        guard !pairs.isEmpty else { return }
        let (rowTile, laneTile) = (rows.lowerBound / tileRows, block.lowerBound / tileRows)
        tiles[rowTile].lists.withLock {
            for pair in pairs { $0.offer(pair.similarity, pair.laneUser, to: pair.row - rowTile * tileRows) }
        }
        tiles[laneTile].lists.withLock {
            for pair in pairs { $0.offer(pair.similarity, pair.rowUser, to: pair.lane - laneTile * tileRows) }
        }
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
