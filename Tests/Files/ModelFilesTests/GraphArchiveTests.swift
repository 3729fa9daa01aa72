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

    /// The arrays go by the order of the ids, and a vocabulary sorts them.
    @Test func `ids that are out of order are refused`() throws {
        var files = try Self.files()
        let text = String(decoding: try #require(files["ids.json"]), as: UTF8.self)
        files["ids.json"] = Data(text.replacing("\"0\",\"1\"", with: "\"1\",\"0\"").utf8)
        let error = #expect(throws: InputError.self) { try GraphArchive(files: files) }
        #expect(error?.problem == "its ids are not in their order")
    }

    @Test func `items of a user that do not ascend are refused`() throws {
        var files = try Self.files()
        let count = try Self.archive().ratings.count
        files["rating_items.npy"] = Data(npy([count], [UInt8](repeating: 0, count: 4 * count), type: "<i4"))
        let error = #expect(throws: InputError.self) { try GraphArchive(files: files) }
        #expect(error?.problem == "the items of a user do not ascend")
    }

    /// A size that does not fit was passed over, and the others were taken for the shape.
    @Test func `a shape beyond 64 bits is refused`() throws {
        var files = try Self.files()
        var bytes = npy([30], [UInt8](repeating: 0, count: 120), type: "<i4")
        let size = Array(", 99999999999999999999".utf8)
        bytes.replace(Array("30,)".utf8), with: Array("30".utf8) + size + Array(")".utf8))
        bytes[8] += UInt8(size.count - 1)
        files["communities.npy"] = Data(bytes)
        let error = #expect(throws: InputError.self) { try GraphArchive(files: files) }
        #expect(error?.problem == "its shape is too large")
    }
}
