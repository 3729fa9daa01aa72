public import FileOutput
import Foundation
public import Ratings

/// A catalog by itself, without ratings: a file that is called as data sets call theirs.
public struct CatalogFile: Sendable {
    /// What the rows of the catalog are about.
    public enum Content: Sendable {
        /// Titles and genres.
        case items
        /// Attributes of users.
        case users
        /// The names of the genres that `u.item` has flags for; it says nothing without that file.
        case genres
    }

    /// What this catalog is about, by the file's name.
    public let content: Content
    private let file: SourceFile
    private let genres: SourceFile?

    /// - Parameter besides: folders in which `u.genre` may lie too.
    /// - Returns: nil for a name that is none of a catalog, such as `ratings.csv`.
    public init?(_ path: String, besides: [String] = []) {
        file = SourceFile(path)
        let name = SourceFolder.plain(file)
        if SourceFolder.itemNames.contains(name) || name.hasSuffix(".item") {
            content = .items
        } else if SourceFolder.userNames.contains(name) || name.hasSuffix(".user") {
            content = .users
        } else if name == "u.genre" {
            content = .genres
        } else {
            return nil
        }
        let folders = [URL(fileURLWithPath: path).deletingLastPathComponent().path] + besides
        genres = folders.map { "\($0)/u.genre" }.first { FileKind($0) == .file }.map { SourceFile($0) }
    }

    /// The ids of all rows with their titles and genres.
    public func items() throws(InputError) -> (ids: Vocabulary, catalog: ItemCatalog) {
        let (table, ids) = try table(.item)
        let flags = try genres?.wholeText(expected: "a genre and its number per line", maps: false)
        return (ids, CatalogReader.items(table, genres: flags, vocabulary: ids))
    }

    /// The ids of all rows with their attributes.
    ///
    /// - Parameter kept: as for `RatingsSource.userCatalog`.
    public func users(keeping kept: Set<String> = []) throws(InputError) -> (ids: Vocabulary, catalog: UserCatalog) {
        let (table, ids) = try table(.user)
        return (ids, CatalogReader.users(table, vocabulary: ids, keeping: kept))
    }

    private func table(_ role: ColumnRole) throws(InputError) -> (CatalogTable, Vocabulary) {
        let text = try file.wholeText(expected: CatalogTable.rowsExpected, maps: false)
        let table = try CatalogTable(text, role, Vocabulary([]))
        guard !table.rows.isEmpty else {
            throw InputError(
                file: file.name, problem: "no line has two or more fields",
                remedy: "Expected \(CatalogTable.rowsExpected).")
        }
        return (table, Vocabulary(table.ids))
    }
}
