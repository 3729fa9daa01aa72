public import FileOutput
public import Foundation
public import Graphs
import LinearAlgebra
public import Neighbors
public import Ratings

/// Ratings with their neighbors and communities, as arrays that load quickly: what is slow to compute, not what is
/// quickly derived.
///
/// | file | holds |
/// | --- | --- |
/// | `ids.json` | the IDs of users and items, in order |
/// | `rating_offsets`, `rating_items`, `rating_values` | the ratings by user, NPY |
/// | `neighbor_offsets`, `neighbor_users`, `neighbor_similarities`, `neighbor_supports` | the neighbor table, NPY |
/// | `communities` | the community of each user, NPY |
public struct GraphArchive: Sendable {
    /// The rating matrix.
    public let ratings: RatingMatrix
    /// The neighbor table.
    public let neighbors: NeighborTable
    /// The communities.
    public let partition: Partition

    /// Creates an archive of ratings with their neighbors and communities.
    public init(ratings: RatingMatrix, neighbors: NeighborTable, partition: Partition) {
        self.ratings = ratings
        self.neighbors = neighbors
        self.partition = partition
    }

    private struct IDs: Codable {
        let users: [String]
        let items: [String]
    }

    private static let idsName = "ids.json"

    /// The files by name.
    public var files: [(name: String, bytes: Data)] {
        get throws {
            let ids = IDs(
                users: (0..<ratings.users.count).map { ratings.users[$0] },
                items: (0..<ratings.items.count).map { ratings.items[$0] })
            let matrix = ratings.byUser
            let arrays = [
                ("rating_offsets", NPYArray(matrix.rowOffsets.map(Int64.init), shape: [matrix.rowOffsets.count])),
                ("rating_items", NPYArray(matrix.columnIndices, shape: [matrix.count])),
                ("rating_values", NPYArray(matrix.values, shape: [matrix.count])),
                ("neighbor_offsets", NPYArray(neighbors.offsets.map(Int64.init), shape: [neighbors.offsets.count])),
                ("neighbor_users", NPYArray(neighbors.neighbors, shape: [neighbors.neighbors.count])),
                ("neighbor_similarities", NPYArray(neighbors.similarities, shape: [neighbors.similarities.count])),
                ("neighbor_supports", NPYArray(neighbors.supports, shape: [neighbors.supports.count])),
                ("communities", NPYArray(partition.labels, shape: [partition.labels.count])),
            ]
            // The same graph gives the same bytes.
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return [(Self.idsName, try encoder.encode(ids))] + arrays.map { ("\($0).npy", Data($1.bytes)) }
        }
    }

    /// - Throws: `InputError` if a file is missing or inconsistent with the others.
    public init(files: [String: Data]) throws(InputError) {
        guard let ids = files[Self.idsName].flatMap({ try? ForeignJSON.decode(IDs.self, from: $0) }) else {
            throw NPYContents.damaged(Self.idsName, "it is missing or has no ids")
        }
        let (users, items) = (Vocabulary(ids.users), Vocabulary(ids.items))
        for (vocabulary, ids) in [(users, ids.users), (items, ids.items)] {
            guard vocabulary.count == ids.count else { throw NPYContents.damaged(Self.idsName, "an id occurs twice") }
            guard ids.indices.allSatisfy({ vocabulary.index(of: ids[$0]) == $0 }) else {
                throw NPYContents.damaged(Self.idsName, "its ids are not in their order")
            }
        }
        let arrays = StoredArrays(files: files)
        let matrix = try arrays.ratings(users: users.count, items: items.count)
        let found = try arrays.indices("neighbor_users", below: users.count)
        let similarities = try arrays.contents("neighbor_similarities").floats()
        let supports = try arrays.contents("neighbor_supports").shortIntegers()
        let starts = try arrays.offsets("neighbor_offsets", rows: users.count, entries: found.count)
        let labels = try arrays.indices("communities", below: users.count)
        guard similarities.count == found.count, supports.count == found.count, labels.count == users.count else {
            throw NPYContents.damaged("neighbor_users", "its length differs from the other arrays")
        }
        // A similarity is rounded, and may be beyond 1 by that.
        guard similarities.allSatisfy({ abs($0) < 1.01 }), supports.allSatisfy({ $0 >= 0 }) else {
            throw NPYContents.damaged("neighbor_similarities", "it has a number that is no similarity")
        }
        guard (0..<users.count).allSatisfy({ !found[starts[$0]..<starts[$0 + 1]].contains(Int32($0)) }) else {
            throw NPYContents.damaged("neighbor_users", "a user is their own neighbor")
        }
        self.init(
            ratings: RatingMatrix(users: users, items: items, byUser: matrix),
            neighbors: NeighborTable(offsets: starts, neighbors: found, similarities: similarities, supports: supports),
            partition: Partition(labels: labels))
    }
}
