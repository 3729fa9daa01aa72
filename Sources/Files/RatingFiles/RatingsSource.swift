public import FileOutput
import Foundation
import Platform
public import Ratings

/// A source of ratings: a ratings file, or a folder in one of the MovieLens formats, with its catalogs.
public struct RatingsSource: Sendable {
    /// The path of the ratings file.
    public let ratings: String
    /// The path as given by the user.
    private let path: String
    private let items: String?
    private let users: String?
    private let genres: String?

    /// The files of a MovieLens format, by name.
    private struct Generation {
        let ratings: String
        let extensions: [String]
        let items: String
        var users: String?
        var genres: String?
    }

    private static let generations = [
        Generation(
            ratings: "u.data", extensions: ["data", "base", "test"], items: "u.item", users: "u.user",
            genres: "u.genre"),
        Generation(ratings: "ratings.dat", extensions: ["dat"], items: "movies.dat", users: "users.dat"),
        Generation(ratings: "ratings.csv", extensions: ["csv"], items: "movies.csv"),
    ]

    /// - Throws: `InputError` if the path does not exist or is a folder without ratings.
    public init(_ path: String) throws(InputError) {
        self.path = path
        let kind = FileKind(path)
        guard kind != .missing else {
            throw InputError(
                file: path, problem: "there is no such file or folder",
                remedy: "Check the path.", topic: .dataSets)
        }
        let folder: String
        let generation: Generation?
        if kind == .folder {
            folder = path
            generation = Self.generations.first { Self.exists($0.ratings, in: path) }
            guard let generation else {
                throw InputError(
                    file: path, problem: "the folder holds no ratings",
                    remedy:
                        "Expected one of \(Self.generations.map(\.ratings).joined(separator: ", ")) in it; name any other file directly."
                )
            }
            ratings = Self.join(path, generation.ratings)
        } else {
            let url = URL(fileURLWithPath: path)
            folder = url.deletingLastPathComponent().path
            generation = Self.generations.first { $0.extensions.contains(url.pathExtension) }
            ratings = path
        }
        func beside(_ name: String?) -> String? {
            name.flatMap { Self.exists($0, in: folder) ? Self.join(folder, $0) : nil }
        }
        items = beside(generation?.items)
        users = beside(generation?.users)
        genres = beside(generation?.genres)
    }

    /// The ratings with their catalogs.
    ///
    /// - Parameter progress: called with the share of bytes parsed, from any thread.
    /// - Throws: `InputError`, or `RatingsError` for duplicates under the policy `error`.
    public func dataset(
        reader: RatingsReader = RatingsReader(), progress: @Sendable (Double) -> Void = { _ in }
    ) throws -> Dataset {
        let read = try reader.read(ratings, progress: progress)
        return Dataset(
            ratings: read.ratings, items: try itemCatalog(for: read.ratings.items),
            users: try userCatalog(for: read.ratings.users), source: path, duplicateCount: read.duplicateCount,
            rejected: read.rejected, notes: read.notes)
    }

    /// The SHA-256 of the ratings file in hexadecimal: files with equal bytes are the same ratings.
    ///
    /// - Complexity: O(bytes).
    public func checksum() throws(InputError) -> String { sha256(try FileBytes(path: ratings).data).hexadecimal }

    /// Titles and genres, in vocabulary order; empty without a catalog file.
    public func itemCatalog(for vocabulary: Vocabulary) throws(InputError) -> ItemCatalog {
        guard let items else { return ItemCatalog(itemCount: vocabulary.count) }
        return try CatalogReader.items(items, genres: genres, vocabulary: vocabulary)
    }

    /// The items of the catalog that are not in a vocabulary, because nobody rated them.
    public func items(besides vocabulary: Vocabulary) throws(InputError) -> Vocabulary {
        guard let items else { return Vocabulary([]) }
        return Vocabulary(try CatalogReader.itemIDs(items).filter { vocabulary.index(of: $0) == nil })
    }

    /// Attributes of users, in vocabulary order; none without a catalog file.
    public func userCatalog(for vocabulary: Vocabulary) throws(InputError) -> UserCatalog {
        guard let users else { return UserCatalog() }
        return try CatalogReader.users(users, vocabulary: vocabulary)
    }

    private static func join(_ folder: String, _ name: String) -> String {
        URL(fileURLWithPath: folder).appendingPathComponent(name).relativePath
    }

    private static func exists(_ name: String, in folder: String) -> Bool {
        FileManager.default.fileExists(atPath: join(folder, name))
    }
}
