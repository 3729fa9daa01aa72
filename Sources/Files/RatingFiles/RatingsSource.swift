public import FileOutput
import Foundation
public import Platform
public import Ratings

/// A source of ratings: a ratings file, plain or compressed, a pipe, or a folder or archive in one of the layouts that data
/// sets are published in, with its catalogs.
public struct RatingsSource: Sendable {
    /// The files with ratings: one, or its shards in order.
    public let ratings: [SourceFile]
    /// The path as given by the user.
    private let path: String
    private let items: SourceFile?
    private let users: SourceFile?
    private let genres: SourceFile?
    /// Whether the catalogs come with the ratings, in a folder or an archive, and do not just lie beside them.
    package let hasOwnCatalogs: Bool
    private let encoding: String?
    private let unpacking: ArchiveLimits
    /// Whose catalog the user named.
    private let named: Set<ColumnRole>

    /// - Parameters:
    ///   - path: a file, a folder, or `-` for the standard input.
    ///   - items: a catalog of items; by default the one beside the ratings.
    ///   - users: the same of users.
    ///   - encoding: that of catalogs that are not UTF-8, by a name that iconv knows; the default is Windows-1252.
    ///   - unpacking: the most that archives may expand to.
    /// - Throws: `InputError` if the path does not exist, or holds no ratings or several files of them.
    public init(
        _ path: String, items: String? = nil, users: String? = nil, encoding: String? = nil,
        unpacking: ArchiveLimits = ArchiveLimits()
    ) throws(InputError) {
        self.path = path
        self.encoding = encoding
        self.unpacking = unpacking
        let catalogs: (items: SourceFile?, users: SourceFile?, genres: SourceFile?)
        if FileKind.isPipe(path) {
            ratings = [SourceFile(path)]
            catalogs = (nil, nil, nil)
            hasOwnCatalogs = false
        } else {
            let kind = FileKind(path)
            guard kind != .missing else {
                throw InputError(
                    file: path, problem: "there is no such file or folder",
                    remedy: "Check the path.", topic: .dataSets)
            }
            if kind == .folder || Self.isArchive(path) {
                let folder = try SourceFolder(path, unpacking)
                ratings = try folder.ratings()
                let isAlone = kind == .file && ratings == [SourceFile(path)]
                catalogs = isAlone ? Self.catalogs(beside: path) : folder.catalogs()
                hasOwnCatalogs = !isAlone
            } else {
                ratings = [SourceFile(path)]
                catalogs = Self.catalogs(beside: path)
                hasOwnCatalogs = false
            }
        }
        self.items = items.map { SourceFile($0) } ?? catalogs.items
        self.users = users.map { SourceFile($0) } ?? catalogs.users
        genres = catalogs.genres
        named = Set((items == nil ? [] : [.item]) + (users == nil ? [] : [.user]))
    }

    /// The ratings with their catalogs.
    ///
    /// - Parameter progress: called with the share of bytes parsed, from any thread.
    /// - Throws: `InputError`, or `RatingsError` for duplicates that the policy refuses.
    public func dataset(
        reader: RatingsReader = RatingsReader(), progress: @Sendable (Double) -> Void = { _ in }
    ) throws -> Dataset {
        let read = try reader.read(ratings, progress: progress)
        return Dataset(
            ratings: read.ratings, items: try itemCatalog(for: read.ratings.items),
            users: try userCatalog(for: read.ratings.users), source: path, duplicateCount: read.duplicateCount,
            rejected: read.rejected, reading: read.reading, notes: read.notes)
    }

    /// The SHA-256 of the files with ratings in hexadecimal, as they are on the disk: files with equal bytes are the same
    /// ratings. That of shards is the checksum of theirs.
    ///
    /// - Complexity: O(bytes).
    public func checksum() throws(InputError) -> String {
        var sums: [String] = []
        for file in ratings { sums.append(sha256(try FileBytes(path: file.path).data).hexadecimal) }
        return sums.count == 1 ? sums[0] : sha256(Data(sums.joined().utf8)).hexadecimal
    }

    /// Titles and genres, in vocabulary order; empty without a catalog file.
    ///
    /// - Throws: `InputError`, also where a catalog that was named has none of the items.
    public func itemCatalog(for vocabulary: Vocabulary) throws(InputError) -> ItemCatalog {
        guard let table = try table(items, .item, vocabulary) else { return ItemCatalog(itemCount: vocabulary.count) }
        return CatalogReader.items(
            table,
            genres: try genres?.wholeText(
                expected: "a genre and its number per line", limits: unpacking), vocabulary: vocabulary)
    }

    /// The items of the catalog that are not in a vocabulary, because nobody rated them.
    public func items(besides vocabulary: Vocabulary) throws(InputError) -> Vocabulary {
        guard let table = try table(items, .item, vocabulary) else { return Vocabulary([]) }
        return Vocabulary(table.ids.filter { vocabulary.index(of: $0) == nil })
    }

    /// Attributes of users, in vocabulary order; none without a catalog file.
    ///
    /// - Parameter kept: names, in lower case, of columns that are attributes however many values they have, `zip` among them.
    /// - Throws: `InputError`, also where a catalog that was named has none of the users.
    public func userCatalog(
        for vocabulary: Vocabulary, keeping kept: Set<String> = []
    ) throws(InputError) -> UserCatalog {
        guard let table = try table(users, .user, vocabulary) else { return UserCatalog() }
        return CatalogReader.users(table, vocabulary: vocabulary, keeping: kept)
    }

    /// The names of all columns of the catalog of users, those that are no attributes too.
    public func userColumns(for vocabulary: Vocabulary) throws(InputError) -> [String] {
        try table(users, .user, vocabulary).map(CatalogReader.attributeNames) ?? []
    }

    private func table(
        _ catalog: SourceFile?, _ role: ColumnRole, _ vocabulary: Vocabulary
    ) throws(InputError) -> CatalogTable? {
        guard let catalog else { return nil }
        var file = try catalog.wholeText(expected: CatalogTable.rowsExpected, limits: unpacking)
        if let encoding, String(data: file.data, encoding: .utf8) == nil {
            file = try catalog.wholeText(
                expected: CatalogTable.rowsExpected, limits: unpacking, encoding: encoding)
        }
        let table = try CatalogTable(file, role, vocabulary)
        if named.contains(role) { try table.requireKnown(vocabulary, role, path: catalog.name) }
        return table
    }

    private static func isArchive(_ path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path),
            let head = try? file.read(upToCount: ArchiveFormat.headCount)
        else { return false }
        return ArchiveFormat(head: Array(head)) != nil
    }

    /// The catalogs in the folder of a file, in the layout that its ending tells.
    private static func catalogs(beside path: String) -> (items: SourceFile?, users: SourceFile?, genres: SourceFile?) {
        let url = URL(fileURLWithPath: path)
        let ending = ["gz", "bz2", "xz", "zst"].contains(url.pathExtension) ? url.deletingPathExtension() : url
        let folder = url.deletingLastPathComponent()
        func beside(_ names: [String]) -> SourceFile? {
            let paths = names.map { folder.appendingPathComponent($0).relativePath }
            return paths.first { FileManager.default.fileExists(atPath: $0) }.map { SourceFile($0) }
        }
        return switch ending.pathExtension.lowercased() {
        case "data", "base", "test": (beside(["u.item"]), beside(["u.user"]), beside(["u.genre"]))
        case "dat": (beside(["movies.dat"]), beside(["users.dat"]), nil)
        case "csv":
            (beside(["movies.csv", "movie.csv", "items.csv", "books.csv"]), beside(["users.csv", "user.csv"]), nil)
        default: (nil, nil, nil)
        }
    }
}
