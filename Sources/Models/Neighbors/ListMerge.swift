import LinearAlgebra

/// Merges the neighbor lists of users over several parts of all pairs into the k nearest.
///
/// The order (larger similarity, then lower id) is total, so the result depends neither on the order of the lists nor on
/// how pairs were divided. The lists (7: 0.9, 3: 0.5) and (5: 0.9, 8: 0.4) at k = 3 merge into (5: 0.9, 7: 0.9, 3: 0.5).
///
/// - Complexity: O(entries · log(lists of a user)) time at most; 16 bytes per entry.
public struct ListMerge: Sendable {
    /// The lists of some users, by global id.
    public struct Lists: Sendable {
        /// The user of each row.
        public let ids: [Int32]
        /// Neighbors by global id.
        public let table: NeighborTable

        /// Creates lists, one row per id.
        public init(ids: [Int32], table: NeighborTable) {
            precondition(ids.count == table.userCount, "one row per id")
            self.ids = ids
            self.table = table
        }
    }

    /// k ≥ 1, the maximum number of neighbors per user.
    public let neighbors: Int
    private var parts: [Lists] = []

    /// - Parameter neighbors: k ≥ 1.
    public init(neighbors: Int) {
        precondition(neighbors > 0, "at least one neighbor")
        self.neighbors = neighbors
    }

    /// Adds lists, nearest first; a user may occur in any number of them, also without neighbors.
    public mutating func add(_ lists: Lists) { parts.append(lists) }

    /// The k nearest of each user that was added, ids ascending. A neighbor that occurs twice counts once.
    public func merged(threads: Int) -> Lists {
        let rows = rowsById(threads: threads)
        let chunks = Parallel.chunks(rows.starts.count - 1) { rows.starts[$0] }
        let merged = Parallel.map(chunks.count, threads: threads) { part in
            chunks[part].map { merge(rows.places[rows.starts[$0]..<rows.starts[$0 + 1]]) }
        }
        return Lists(ids: rows.ids, table: NeighborTable(rows: merged.flatMap { $0 }, threads: threads))
    }

    /// A row of one part.
    private struct Place { let part, row: Int32 }

    /// The rows of each user: those of `ids[i]` are `starts[i] ..< starts[i + 1]` in `places`.
    private func rowsById(threads: Int) -> (ids: [Int32], starts: [Int], places: [Place]) {
        var keyed: [(id: Int32, place: Place)] = []
        keyed.reserveCapacity(parts.reduce(0) { $0 + $1.ids.count })
        for (part, lists) in parts.enumerated() {
            for (row, id) in lists.ids.enumerated() { keyed.append((id, Place(part: Int32(part), row: Int32(row)))) }
        }
        keyed.sort { $0.id < $1.id }
        var (ids, starts): ([Int32], [Int]) = ([], [])
        for (index, row) in keyed.enumerated() where ids.last != row.id {
            ids.append(row.id)
            starts.append(index)
        }
        return (ids, starts + [keyed.count], keyed.map(\.place))
    }

    private func merge(_ places: ArraySlice<Place>) -> [Neighbor] {
        if places.count == 1, let place = places.first { return Array(row(place).prefix(neighbors)) }
        var near: [Neighbor] = []
        for neighbor in places.flatMap(row).sorted(by: Neighbor.isNearer) where near.last != neighbor {
            if near.count == neighbors { break }
            near.append(neighbor)
        }
        return near
    }

    private func row(_ place: Place) -> [Neighbor] { parts[Int(place.part)].table.neighbors(of: Int(place.row)) }
}
