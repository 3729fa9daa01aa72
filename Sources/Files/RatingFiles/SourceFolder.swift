import FileOutput
import Foundation
import Platform

/// A folder or an archive of ratings and catalogs, in the layouts that data sets are published in.
struct SourceFolder {
    /// The files in it.
    private let files: [SourceFile]
    private let path: String

    /// The names of rating files, in lowercase and without the ending of a compressed file.
    private static let ratingNames: Set<String> = [
        "u.data", "ratings.dat", "ratings.csv", "rating.csv", "ratings.tsv", "rating.tsv", "ratings.txt", "rating.txt",
        "ratings.json", "ratings.jsonl", "bx-book-ratings.csv", "ratings_data.txt", "goodreads_interactions.csv",
        "interactions.csv",
    ]
    /// What shards of ratings begin with, before their number.
    private static let shardNames = ["ratings", "rating", "part", "combined_data", "mv"]
    static let itemNames = [
        "u.item", "movies.dat", "movies.csv", "movie.csv", "items.csv", "films.csv", "books.csv", "bx-books.csv",
        "bx_books.csv", "anime.csv", "movie_titles.csv", "movie_titles.txt",
    ]
    static let userNames = ["u.user", "users.dat", "users.csv", "user.csv", "bx-users.csv"]
    private static let textEndings: Set<String> = ["csv", "tsv", "dat", "data", "txt", "json", "jsonl", "inter", "mtx"]

    /// - Throws: `InputError` where an archive cannot be read.
    init(_ path: String, _ limits: ArchiveLimits) throws(InputError) {
        self.path = path
        if FileKind(path) == .folder {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
            files = names.sorted().filter(Self.isVisible).map {
                SourceFile(URL(fileURLWithPath: path).appendingPathComponent($0).relativePath)
            }.filter { FileKind($0.path) == .file }
        } else {
            files = try Self.members(of: path, limits)
        }
    }

    private static func members(of path: String, _ limits: ArchiveLimits) throws(InputError) -> [SourceFile] {
        try archiveErrors(path) {
            let reader = try ArchiveReader(path: path, limits: limits)
            var files: [SourceFile] = []
            while let member = try reader.next() {
                // A file that is compressed alone needs no look at its end.
                guard let name = member.name else { return [SourceFile(path)] }
                files.append(SourceFile(path, member: name))
            }
            return files.filter { isVisible($0.title) && !($0.member ?? "").contains("__MACOSX") }
        }
    }

    private static func isVisible(_ name: String) -> Bool { !name.hasPrefix(".") && !name.hasPrefix("_") }

    /// The rating files: one, or its shards in the order of their numbers.
    func ratings() throws(InputError) -> [SourceFile] {
        try refuseByName()
        var groups: [String: [SourceFile]] = [:]
        for file in files { Self.group(of: file).map { groups[$0, default: []].append(file) } }
        // Where nothing has a known name, the only text is meant.
        let texts = files.filter { Self.textEndings.contains(URL(fileURLWithPath: Self.plain($0)).pathExtension) }
        if groups.isEmpty, files.count == 1 { return files }
        if groups.isEmpty, texts.count == 1 { return texts }
        let names = groups.values.compactMap { $0.count == 1 ? $0[0].title : "\($0[0].title) and \($0.count - 1) more" }
        guard let found = groups.first?.value, groups.count == 1 else {
            let listed = (groups.isEmpty ? files.prefix(10).map(\.title) : names).sorted().joined(separator: ", ")
            throw InputError(
                file: path,
                problem: groups.isEmpty
                    ? "no file in it is known to hold ratings" + (listed.isEmpty ? "" : ": \(listed)")
                    : "several files hold ratings: \(listed)",
                remedy: groups.isEmpty
                    ? "Expected u.data, ratings.dat or ratings.csv; name any other file directly."
                    : "Name one of them.",
                topic: .files)
        }
        // Spark writes empty files for empty parts.
        let filled = found.count > 1 ? found.filter { $0.member != nil || $0.byteCount > 0 } : found
        return filled.sorted { (Self.number($0), $0.title) < (Self.number($1), $1.title) }
    }

    /// The catalogs of a kind, and the file of genres.
    func catalogs() -> (items: SourceFile?, users: SourceFile?, genres: SourceFile?) {
        func first(_ names: [String]) -> SourceFile? {
            names.lazy.compactMap { name in files.first { Self.plain($0) == name } }.first
        }
        func ending(_ ending: String) -> SourceFile? { files.first { Self.plain($0).hasSuffix(ending) } }
        return (first(Self.itemNames) ?? ending(".item"), first(Self.userNames) ?? ending(".user"), first(["u.genre"]))
    }

    /// What files that belong together share: a name, or that of shards without their number.
    private static func group(of file: SourceFile) -> String? {
        let name = plain(file)
        if ratingNames.contains(name) || name.hasSuffix(".inter") { return name }
        return shardNames.first { shard in
            guard name.hasPrefix(shard) else { return false }
            let rest = name.dropFirst(shard.count)
            return rest.first.map { "-_.".contains($0) || $0.isNumber } ?? false
                && rest.dropFirst().first?.isNumber ?? false
                || rest.first?.isNumber ?? false
        }
    }

    private static func number(_ file: SourceFile) -> Int {
        let digits = file.title.drop { !$0.isNumber }.prefix { $0.isNumber }
        return Int(digits) ?? 0
    }

    /// A name in lowercase, without the ending of a compressed file.
    static func plain(_ file: SourceFile) -> String {
        let name = file.title.lowercased()
        let ending = ["gz", "bz2", "xz", "zst"].first { name.hasSuffix(".\($0)") }
        return ending.map { String(name.dropLast($0.count + 1)) } ?? name
    }

    /// Refuses archives that are a format of their own.
    private func refuseByName() throws(InputError) {
        let names = files.compactMap(\.member)
        if names.contains(where: { $0.hasPrefix("xl/") }) {
            throw InputError(
                file: path, problem: "the file is an Excel workbook",
                remedy: TextKind.pandas("read_excel('FILE')"))
        }
        if !names.isEmpty, names.allSatisfy({ $0.hasSuffix(".npy") }) {
            throw InputError(
                file: path, problem: "the file is NPZ, arrays of NumPy",
                remedy:
                    "If it is a matrix of scipy, convert it: python3 -c \"import scipy.io, scipy.sparse as s; scipy.io.mmwrite('ratings.mtx', s.load_npz('FILE'))\""
            )
        }
    }
}
