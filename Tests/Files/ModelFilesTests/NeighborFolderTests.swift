import FileOutput
import Foundation
import LinearAlgebra
import ModelFiles
import Neighbors
import Ratings
import TestSupport
import Testing

struct NeighborFolderTests {
    let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private static let ratings = RatingMatrix.random(users: 40, items: 25, density: 0.3, seed: 7)
    private static let configuration: SimilarityConfiguration = {
        var configuration = SimilarityConfiguration()
        configuration.neighbors = 5
        configuration.shrinkage = 2.5
        return configuration
    }()

    private static func table() throws -> NeighborTable {
        try AllPairs(configuration, threads: 1).neighbors(in: ratings)
    }

    private func files(hasRatings: Bool = true) throws -> NeighborFiles {
        try NeighborFiles(Self.table(), Self.configuration, of: Self.ratings, hasRatings: hasRatings, in: scratch)
    }

    /// The error that a folder gives, which has to name the file.
    private func refusal(_ files: NeighborFiles, _ name: String, _ comment: String = "") throws -> String {
        let error = try #require(throws: InputError.self, "\(name) \(comment)") { _ = try NeighborFolder(files.path) }
        #expect(error.file == "\(files.path)/\(name)" && !error.remedy.isEmpty, "\(error) \(comment)")
        return error.problem
    }

    @Test(arguments: [true, false])
    func `what a cluster has written is read`(hasRatings: Bool) throws {
        let (folder, table) = (try NeighborFolder(files(hasRatings: hasRatings).path), try Self.table())
        #expect(folder.users == Self.ratings.users && folder.items == Self.ratings.items)
        #expect(folder.neighbors.offsets == table.offsets && folder.neighbors.neighbors == table.neighbors)
        #expect(folder.neighbors.similarities == table.similarities && folder.neighbors.supports == table.supports)
        #expect(folder.configuration == Self.configuration && folder.ratingCount == Self.ratings.count)
        #expect(folder.ratings?.byUser.values == (hasRatings ? Self.ratings.byUser.values : nil))
        #expect(folder.ratings?.byUser.columnIndices == (hasRatings ? Self.ratings.byUser.columnIndices : nil))
        try folder.require(Self.ratings, from: "r.csv")
    }

    @Test func `truncated files, flipped bits and missing files are refused`() throws {
        let files = try files()
        var generator = SeededGenerator(seed: 5)
        for name in try files.names where name != "neighbors.json" {
            let whole = try files.bytes(name)
            for length in [0, 1, whole.count / 2, whole.count - 1] {
                try files.replace(name, by: whole.prefix(length), mends: false)
                #expect(try refusal(files, name).hasPrefix("its checksum does not match"))
                try files.replace(name, by: whole.prefix(length))
                _ = try refusal(files, name, "cut to \(length) bytes")
            }
            for _ in 0..<8 {
                var flipped = whole
                flipped[generator.next(below: whole.count)] ^= UInt8(1 << generator.next(below: 8))
                try files.replace(name, by: flipped, mends: false)
                #expect(try refusal(files, name).hasPrefix("its checksum does not match"))
            }
            try files.remove(name)
            #expect(try refusal(files, name).hasPrefix("it is missing or cannot be read"))
            try files.replace(name, by: whole)
        }
        _ = try NeighborFolder(files.path)
        try files.remove("neighbors.json")
        #expect(try refusal(files, "neighbors.json").hasPrefix("there is no such file"))
    }

    /// Checksums are mended, so that the number itself is found.
    @Test func `numbers that no neighbors have are refused`() throws {
        let (files, table) = (try files(), try Self.table())
        // A user with two neighbors that are not equally near.
        let user = try #require(
            (0..<40).first {
                table.offsets[$0 + 1] - table.offsets[$0] > 1
                    && table.similarities[table.offsets[$0]] > table.similarities[table.offsets[$0] + 1]
            })
        let place = table.offsets[user]
        func with<Value>(_ values: [Value], _ value: Value, at place: Int) -> [Value] {
            var values = values
            values[place] = value
            return values
        }
        func bytes(_ values: [Int32]) -> [UInt8] { NPYArray(values, shape: [values.count]).bytes }
        func bytes(_ values: [Float]) -> [UInt8] { NPYArray(values, shape: [values.count]).bytes }
        func bytes(_ values: [Int]) -> [UInt8] { NPYArray(values.map(Int64.init), shape: [values.count]).bytes }
        let swapped = with(
            with(table.similarities, table.similarities[place + 1], at: place), table.similarities[place], at: place + 1
        )
        let damages: [(name: String, bytes: [UInt8], problem: String)] = [
            ("neighbors", bytes(with(table.neighbors, 40, at: place)), "an index is not below 40"),
            ("neighbors", bytes(with(table.neighbors, -1, at: place)), "an index is not below 40"),
            (
                "neighbors", bytes(with(table.neighbors, Int32(user), at: place)),
                "user \(user): is their own neighbor"
            ),
            ("neighbors", bytes(table.neighbors.dropLast()), "its shape is [\(table.neighbors.count - 1)], not"),
            ("neighbors", bytes(table.similarities), "its type is <f4, not <i4"),
            ("neighbor_similarities", bytes(with(table.similarities, 0, at: place)), "0.0 is no similarity"),
            ("neighbor_similarities", bytes(with(table.similarities, 1.5, at: place)), "1.5 is no similarity"),
            ("neighbor_similarities", bytes(with(table.similarities, .nan, at: place)), "nan is no similarity"),
            ("neighbor_supports", bytes(with(table.supports, 0, at: place)), "a neighbor shares no item"),
            ("neighbor_offsets", bytes(with(table.offsets, table.offsets[40] + 1, at: 3)), "its offsets are invalid"),
            ("neighbor_offsets", bytes(with(table.offsets, 1, at: 0)), "its offsets are invalid"),
            ("rating_items", bytes([Int32](repeating: 0, count: Self.ratings.count)), "do not ascend"),
            ("rating_values", bytes([Float](repeating: .nan, count: Self.ratings.count)), "no rating"),
        ]
        for (name, damaged, problem) in damages {
            let whole = try files.bytes("\(name).npy")
            try files.replace("\(name).npy", by: damaged)
            let found = try #require(throws: InputError.self, "\(problem)") { _ = try NeighborFolder(files.path) }
            #expect(found.file.hasPrefix("\(files.path)/\(name)") && found.problem.contains(problem), "\(found)")
            try files.replace("\(name).npy", by: whole)
        }
        let whole = try files.bytes("neighbor_similarities.npy")
        try files.replace("neighbor_similarities.npy", by: bytes(swapped))
        #expect(try refusal(files, "neighbors.npy").contains("the nearest are not first"))
        try files.replace("neighbor_similarities.npy", by: whole)
        _ = try NeighborFolder(files.path)
    }

    /// Found by the fuzzer: such neighbors made a graph whose edges weigh less from one end.
    @Test func `neighbors of each other are equally near and share as many items`() throws {
        let (files, table) = (try files(), try Self.table())
        let place = try #require(
            (0..<40).map { table.offsets[$0] }.enumerated().first { user, place in
                table.neighbors(of: Int(table.neighbors[place])).contains { $0.user == Int32(user) }
            }?.element)
        var (similarities, supports) = (table.similarities, table.supports)
        // It stays the nearest.
        similarities[place] = similarities[place].nextUp
        supports[place] += 1
        for (name, damaged) in [
            ("neighbor_similarities.npy", NPYArray(similarities, shape: [similarities.count])),
            ("neighbor_supports.npy", NPYArray(supports, shape: [supports.count])),
        ] {
            let whole = try files.bytes(name)
            try files.replace(name, by: damaged.bytes)
            #expect(try refusal(files, name).contains("differ in how"))
            try files.replace(name, by: whole)
        }
        _ = try NeighborFolder(files.path)
    }

    @Test func `equally near neighbors have to ascend, and lists have to end at k`() throws {
        let ratings = RatingMatrix(rows: Array(repeating: [(0, 3), (1, 4)], count: 4), itemCount: 2)
        func folder(_ neighbors: [Int32], most: Int) throws -> NeighborFiles {
            var configuration = SimilarityConfiguration()
            configuration.neighbors = most
            let table = NeighborTable(
                offsets: [0, 2, 2, 2, 2], neighbors: neighbors, similarities: [1, 1], supports: [2, 2])
            return try NeighborFiles(table, configuration, of: ratings, in: scratch)
        }
        #expect(try NeighborFolder(folder([1, 2], most: 2).path).neighbors.neighbors == [1, 2])
        #expect(try refusal(folder([2, 1], most: 2), "neighbors.npy").contains("equally near"))
        #expect(try refusal(folder([2, 2], most: 2), "neighbors.npy").contains("equally near"))
        #expect(try refusal(folder([1, 2], most: 1), "neighbor_offsets.npy") == "user 0 has 2 neighbors, more than 1")
    }

    @Test func `ids have to be lines in their order`() throws {
        let files = try files()
        for (text, problem) in [
            ("0\n1\n", "it has 2 ids, not 40"), ("", "it has 0 ids, not 40"), ("0\n1", "its last line has no end"),
            ((0..<40).map { "\($0 ^ 1)\n" }.joined(), "its ids are not in their order from line 1 on"),
            ((0..<40).map { "\($0 / 2 * 2)\n" }.joined(), "an id occurs twice"),
        ] {
            try files.replace("user_ids.txt", by: text.utf8)
            #expect(try refusal(files, "user_ids.txt") == problem)
        }
        try files.replace("user_ids.txt", by: [0xFF, 0x0A])
        #expect(try refusal(files, "user_ids.txt") == "it is not UTF-8")
    }

    @Test func `other descriptions are refused`() throws {
        let files = try files()
        let whole = try files.bytes("neighbors.json")
        func problem(_ change: (inout [String: Any]) -> Void) throws -> String {
            try files.describe(change)
            defer { try? files.replace("neighbors.json", by: whole, mends: false) }
            return try refusal(files, "neighbors.json")
        }
        #expect(try problem { $0["format"] = "kindred-model" } == "it is not the description of neighbors")
        #expect(try problem { $0["version"] = 2 } == "its format version is 2, but this program reads 1")
        for field in ["users", "items", "ratings", "entries", "options", "arrays", "kindred"] {
            #expect(try problem { $0[field] = nil } == "a field is missing or has the wrong type", "\(field)")
        }
        for field in ["users", "items", "ratings", "entries"] {
            #expect(try problem { $0[field] = -1 }.hasSuffix("is out of range"), "\(field)")
        }
        #expect(try problem { $0["users"] = 1 << 40 }.hasSuffix("is out of range"))
        func options(_ name: String, _ value: Any) throws -> String {
            try problem {
                var options = $0["options"] as? [String: Any] ?? [:]
                options[name] = value
                $0["options"] = options
            }
        }
        #expect(try options("measure", "euclid").contains("are unknown"))
        #expect(try options("neighbors", 0).hasPrefix("its options are invalid: neighbors is 0"))
        for text in ["", "[]", "{}", "kindred"] {
            try files.replace("neighbors.json", by: text.utf8, mends: false)
            #expect(try refusal(files, "neighbors.json") == "it is not the description of neighbors")
        }
    }

    @Test func `other ratings are refused by the first that differs`() throws {
        let folder = try NeighborFolder(files().path)
        func problem(_ ratings: RatingMatrix, _ folder: NeighborFolder) throws -> String {
            try #require(throws: InputError.self) { try folder.require(ratings, from: "r.csv") }.problem
        }
        let more = RatingMatrix.random(users: 41, items: 25, density: 0.3, seed: 7)
        #expect(
            try problem(more, folder)
                == "its users are not those of \(scratch.path("cluster")): at place 41 it has user 40, and "
                + "\(scratch.path("cluster")) has no more users")
        let fewer = RatingMatrix.random(users: 40, items: 24, density: 0.3, seed: 7)
        #expect(try problem(fewer, folder).contains("at place 25 it has no more items, and"))
        // As many ratings, one of them another.
        var values = Self.ratings.byUser.values
        values[3] = 5.5 - values[3]
        let matrix = Self.ratings.byUser
        let other = RatingMatrix(
            users: Self.ratings.users, items: Self.ratings.items,
            byUser: SparseMatrix(
                columns: matrix.columns, rowOffsets: matrix.rowOffsets, columnIndices: matrix.columnIndices,
                values: values))
        #expect(try problem(other, folder).contains("ratings are not the \(Self.ratings.count) of"))
        // Without ratings only their number tells.
        let bare = try NeighborFolder(files(hasRatings: false).path)
        try bare.require(other, from: "r.csv")
    }
}
