public import FileOutput
import Foundation
import LinearAlgebra
public import Neighbors
import Platform
public import Ratings

/// The neighbors of all users that a cluster has computed, from which graph and communities follow on one machine.
///
/// | file | holds |
/// | --- | --- |
/// | `neighbors.json` | format, version, sizes, options, shape and SHA-256 of each file; written last |
/// | `user_ids.txt`, `item_ids.txt` | the ids in the order of a `Vocabulary`, a line each |
/// | `neighbor_offsets.npy` | int64, users + 1: where the neighbors of each user begin |
/// | `neighbors.npy`, `neighbor_similarities.npy`, `neighbor_supports.npy` | int32, float32, int32: nearest first |
/// | `rating_offsets.npy`, `rating_items.npy`, `rating_values.npy` | int64, int32, float32: the ratings by user; may be absent |
///
/// Every file is validated against its checksum, and every number against what it indexes.
///
/// - Complexity: O(users + items + entries · k + ratings) time, k neighbors of a user; 12 bytes an entry and 8 a rating, as
///   files are mapped.
public struct NeighborFolder: Sendable {
    /// The users, in the order of the rows.
    public let users: Vocabulary
    /// The items.
    public let items: Vocabulary
    /// The neighbors.
    public let neighbors: NeighborTable
    /// What the neighbors were chosen by.
    public let configuration: SimilarityConfiguration
    /// The ratings that the neighbors were computed from, or nil if the folder has none.
    public let ratings: RatingMatrix?
    /// The number of these ratings.
    public let ratingCount: Int
    private let path: String

    /// - Parameter path: the folder.
    /// - Throws: `InputError` where a file is missing, damaged or of another version.
    public init(_ path: String) throws(InputError) {
        let description = "\(path)/\(NeighborManifest.name)"
        guard let data = FileManager.default.contents(atPath: description) else {
            throw InputError(
                file: description, problem: "there is no such file, or it cannot be read",
                remedy: "Name a folder of neighbors; this file is written last, when all others are there.")
        }
        let manifest = try NeighborManifest(data, file: description)
        configuration = try manifest.configuration(file: description)
        let files = NeighborFiles(path: path, manifest: manifest)
        users = try files.vocabulary("user_ids.txt", count: manifest.users)
        items = try files.vocabulary("item_ids.txt", count: manifest.items)
        neighbors = try files.table(most: configuration.neighbors)
        ratings = try files.ratings().map { [users, items] in RatingMatrix(users: users, items: items, byUser: $0) }
        ratingCount = manifest.ratings
        self.path = path
    }

    /// Throws unless ratings are those that the neighbors were computed from, as far as the folder tells.
    ///
    /// - Throws: `InputError` with the first id that differs.
    public func require(_ others: RatingMatrix, from source: String) throws(InputError) {
        for (side, ids, mine) in [("user", others.users, users), ("item", others.items, items)] where ids != mine {
            let place = (0..<min(ids.count, mine.count)).first { ids[$0] != mine[$0] } ?? min(ids.count, mine.count)
            func name(_ ids: Vocabulary) -> String { place < ids.count ? "\(side) \(ids[place])" : "no more \(side)s" }
            throw InputError(
                file: source,
                problem: "its \(side)s are not those of \(path): at place \(place + 1) it has \(name(ids)), and "
                    + "\(path) has \(name(mine))",
                remedy: "Name the ratings that the neighbors were computed from, read in the same way.")
        }
        let isSame = ratings.map { Self.areEqual($0.byUser, others.byUser) } ?? (ratingCount == others.count)
        guard isSame else {
            throw InputError(
                file: source,
                problem: "its \(others.count) ratings are not the \(ratingCount) of \(path)",
                remedy: "Name the ratings that the neighbors were computed from, read in the same way.")
        }
    }

    private static func areEqual(_ one: SparseMatrix<Float>, _ other: SparseMatrix<Float>) -> Bool {
        one.rowOffsets == other.rowOffsets && one.columnIndices == other.columnIndices && one.values == other.values
    }
}

/// The files that a description lists.
private struct NeighborFiles {
    let path: String
    let manifest: NeighborManifest

    /// A vocabulary whose indices are the lines.
    func vocabulary(_ name: String, count: Int) throws(InputError) -> Vocabulary {
        let data = try file(name)
        guard data.isEmpty || data.last == UInt8(ascii: "\n") else { throw damaged(name, "its last line has no end") }
        guard String(validating: data, as: UTF8.self) != nil else { throw damaged(name, "it is not UTF-8") }
        let ids = data.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .prefix(data.isEmpty ? 0 : .max).map { String(decoding: $0, as: UTF8.self) }
        guard ids.count == count else { throw damaged(name, "it has \(ids.count) ids, not \(count)") }
        let vocabulary = Vocabulary(ids)
        guard vocabulary.count == count else { throw damaged(name, "an id occurs twice") }
        if let place = ids.indices.first(where: { !vocabulary[$0].utf8.elementsEqual(ids[$0].utf8) }) {
            throw damaged(name, "its ids are not in their order from line \(place + 1) on")
        }
        return vocabulary
    }

    /// - Parameter most: of one user.
    func table(most: Int) throws(InputError) -> NeighborTable {
        let names = ["neighbor_offsets", "neighbors", "neighbor_similarities", "neighbor_supports"]
        let arrays = try stored(names, counts: [manifest.users + 1] + names.dropFirst().map { _ in manifest.entries })
        let offsets = try arrays.offsets(names[0], rows: manifest.users, entries: manifest.entries)
        let table = NeighborTable(
            offsets: offsets, neighbors: try arrays.indices(names[1], below: manifest.users),
            similarities: try arrays.contents(names[2]).floats(),
            supports: try arrays.contents(names[3]).shortIntegers())
        for user in 0..<manifest.users {
            let row = offsets[user]..<offsets[user + 1]
            guard row.count <= most else {
                throw damaged("\(names[0]).npy", "user \(user) has \(row.count) neighbors, more than \(most)")
            }
            if let (name, problem) = fault(row, of: Int32(user), in: table) {
                throw damaged("\(name).npy", "user \(user): \(problem)")
            }
        }
        for user in 0..<manifest.users {
            try requireBothWays(offsets[user]..<offsets[user + 1], of: Int32(user), in: table)
        }
        return table
    }

    /// What is wrong with the neighbors of a user, if anything.
    private func fault(_ row: Range<Int>, of user: Int32, in table: NeighborTable) -> (name: String, problem: String)? {
        for place in row {
            let (neighbor, similarity) = (table.neighbors[place], table.similarities[place])
            if neighbor == user { return ("neighbors", "is their own neighbor") }
            guard similarity > 0, similarity <= 1 else {
                return ("neighbor_similarities", "\(similarity) is no similarity")
            }
            if table.supports[place] < 1 { return ("neighbor_supports", "a neighbor shares no item") }
            guard place > row.lowerBound else { continue }
            let before = (similarity: table.similarities[place - 1], neighbor: table.neighbors[place - 1])
            guard (similarity, before.neighbor) < (before.similarity, neighbor) else {
                return ("neighbors", "the nearest are not first, or equally near ones do not ascend")
            }
        }
        return nil
    }

    /// Throws unless those who have the user among their own neighbors are as near, and share as many items.
    private func requireBothWays(_ row: Range<Int>, of user: Int32, in table: NeighborTable) throws(InputError) {
        for place in row {
            let neighbor = table.neighbors[place]
            let others = table.offsets[Int(neighbor)]..<table.offsets[Int(neighbor) + 1]
            guard let back = table.neighbors[others].firstIndex(of: user) else { continue }
            if table.similarities[back] != table.similarities[place] {
                throw damaged("neighbor_similarities.npy", "users \(user) and \(neighbor) differ in how near they are")
            }
            if table.supports[back] != table.supports[place] {
                throw damaged(
                    "neighbor_supports.npy", "users \(user) and \(neighbor) differ in how many items they share")
            }
        }
    }

    /// nil where the description lists none.
    func ratings() throws(InputError) -> SparseMatrix<Float>? {
        let names = ["rating_offsets", "rating_items", "rating_values"]
        guard names.contains(where: { manifest.arrays["\($0).npy"] != nil }) else { return nil }
        let counts = [manifest.users + 1, manifest.ratings, manifest.ratings]
        return try stored(names, counts: counts).ratings(users: manifest.users, items: manifest.items)
    }

    /// Arrays of one dimension, each validated against its shape and checksum.
    private func stored(_ names: [String], counts: [Int]) throws(InputError) -> StoredArrays {
        var files: [String: Data] = [:]
        for (name, count) in zip(names, counts) {
            let name = "\(name).npy"
            let data = try file(name)
            let contents = try NPYContents(data, file: "\(path)/\(name)", remedy: NeighborManifest.remedy)
            guard contents.shape == [count], manifest.arrays[name]?.shape == [count] else {
                throw damaged(name, "its shape is \(contents.shape), not [\(count)]")
            }
            files[name] = data
        }
        return StoredArrays(files: files, place: "\(path)/", remedy: NeighborManifest.remedy)
    }

    /// A file that the description lists, mapped.
    private func file(_ name: String) throws(InputError) -> Data {
        guard let expected = manifest.arrays[name] else {
            throw damaged(name, "\(NeighborManifest.name) does not list it")
        }
        let data: Data
        do { data = try MappedFile(path: "\(path)/\(name)").data } catch {
            throw damaged(name, "it is missing or cannot be read (\(error))")
        }
        guard sha256(data).hexadecimal == expected.sha256 else {
            throw damaged(name, "its checksum does not match \(NeighborManifest.name)")
        }
        return data
    }

    private func damaged(_ name: String, _ problem: String) -> InputError {
        NeighborManifest.damaged("\(path)/\(name)", problem)
    }
}
