import FileOutput
import Foundation
import Graphs
import LinearAlgebra
import ModelFiles
import Neighbors
import Ratings
import TestSupport
import Testing

struct GraphArchiveTests {
    private static func archive() throws -> GraphArchive {
        let ratings = RatingMatrix.random(users: 30, items: 20, density: 0.3, seed: 4)
        let neighbors = try AllPairs(SimilarityConfiguration(), threads: 1).neighbors(in: ratings)
        let partition = Partition(labels: (0..<30).map { Int32($0 % 4) })
        return GraphArchive(ratings: ratings, neighbors: neighbors, partition: partition)
    }

    private static func files() throws -> [String: Data] {
        Dictionary(uniqueKeysWithValues: try archive().files.map { ($0.name, $0.bytes) })
    }

    @Test func `graph archive round-trips`() throws {
        let (archive, read) = (try Self.archive(), try GraphArchive(files: Self.files()))
        #expect(read.ratings.users == archive.ratings.users && read.ratings.items == archive.ratings.items)
        #expect(read.ratings.byUser.rowOffsets == archive.ratings.byUser.rowOffsets)
        #expect(read.ratings.byUser.columnIndices == archive.ratings.byUser.columnIndices)
        #expect(read.ratings.byUser.values == archive.ratings.byUser.values)
        #expect(read.partition == archive.partition)
        for user in 0..<30 { #expect(read.neighbors.neighbors(of: user) == archive.neighbors.neighbors(of: user)) }
    }

    /// Each file missing, truncated, or with its last byte changed to an index out of range.
    @Test func `damaged graph archive is rejected`() throws {
        let files = try Self.files()
        for name in files.keys {
            var damaged = files
            damaged[name] = nil
            #expect(throws: InputError.self) { try GraphArchive(files: damaged) }
            damaged[name] = files[name]?.dropLast(1)
            #expect(throws: InputError.self) { try GraphArchive(files: damaged) }
        }
        for name in ["rating_items.npy", "neighbor_users.npy", "communities.npy", "rating_offsets.npy"] {
            var damaged = files
            var bytes = [UInt8](try #require(files[name]))
            bytes[bytes.count - 1] = 0x7F
            damaged[name] = Data(bytes)
            #expect(throws: InputError.self) { try GraphArchive(files: damaged) }
        }
    }
}
