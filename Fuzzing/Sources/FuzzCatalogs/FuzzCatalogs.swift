import Foundation
import FuzzSupport
import Ratings

@testable import FileOutput
@testable import RatingFiles

/// Catalogs of items and of users. An input is the name of the file, a line break and what the file holds.
///
/// - Items that were read, written as `movies.csv` and read again, are the same.
/// - In files without quotes blank lines and CRLF change nothing, and the ids are what stands before the first delimiter.
@main
enum FuzzCatalogs {
    static func main() { fuzz(test) }

    private static func test(_ input: [UInt8]) -> Verdict {
        guard let (name, content) = named(input) else { return .useless }
        switch name {
        case "movies.csv", "movies.dat", "u.item", "items.jsonl":
            let catalog = items(write(name, content))
            if let catalog = catalog.value { requireRoundTrip(catalog) }
            if isMovieLens(name, content) {
                requireSame(catalog, items(write(name, respaced(content))))
                requireIDs(name, content)
            }
        case "u.genre":
            let item = write("u.item", "1|A|d||u|0|1|0\n2|B|d||u|1|0|1\n".utf8)
            let catalog = items(item, genres: write(name, content))
            if let catalog = catalog.value { requireRoundTrip(catalog) }
            requireSame(catalog, items(item, genres: write(name, respaced(content))))
        case "u.user", "users.dat":
            let catalog = users(write(name, content))
            if isMovieLens(name, content) {
                requireSame(catalog, users(write(name, respaced(content))))
            }
        default:
            return .useless
        }
        return .done
    }
}

/// Whether the delimiter is that of MovieLens, between which quotes mean nothing. Others are detected.
private func isMovieLens(_ name: String, _ content: [UInt8]) -> Bool {
    let first = content.split(separator: UInt8(ascii: "\n")).first { line in
        line.contains { ![UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r")].contains($0) }
    }
    let text = String(decoding: first?.prefix(80) ?? [], as: UTF8.self)
    return name.hasSuffix(".dat")
        ? text.contains("::") : !["movies.csv", "items.jsonl"].contains(name) && text.contains("|")
}

/// A catalog, with the ids that it is of.
private struct Items: Equatable {
    let ids: [String]
    let titles: [String?]
    let genres: [Set<String>]
}

private func items(_ path: String, genres: String? = nil) -> Outcome<Items> {
    let genres = genres ?? (path.hasSuffix(".item") ? write("u.genre", "unknown|0\nAction|1\nWar|2\n".utf8) : nil)
    return Outcome {
        let vocabulary = Vocabulary(try table(path, .item, Vocabulary([])).ids)
        let catalog = CatalogReader.items(
            try table(path, .item, vocabulary), genres: try genres.map { path in try text(path) },
            vocabulary: vocabulary)
        return Items(
            ids: (0..<vocabulary.count).map { vocabulary[$0] }, titles: catalog.titles,
            genres: catalog.genres.map { Set($0.map { catalog.genreNames[$0] }) })
    }
}

private func users(_ path: String) -> Outcome<[[String?]]> {
    Outcome {
        let vocabulary = Vocabulary(["", "1", "2", "3", "44"])
        let table = try table(path, .user, vocabulary)
        return CatalogReader.users(table, vocabulary: vocabulary).attributes.map { attribute in
            requireEqual(attribute.values.count, vocabulary.count, "a value for each user")
            return attribute.values
        }
    }
}

private func text(_ path: String) throws(InputError) -> FileBytes {
    try SourceFile(path).wholeText(expected: CatalogTable.rowsExpected)
}

private func table(_ path: String, _ role: ColumnRole, _ vocabulary: Vocabulary) throws(InputError) -> CatalogTable {
    try CatalogTable(text(path), role, vocabulary)
}

/// Blank lines and CRLF change nothing but the places in errors.
private func requireSame<Value>(_ outcome: Outcome<Value>, _ respaced: Outcome<Value>) {
    requireEqual(outcome.value, respaced.value, "blank lines and CRLF")
}

private func requireRoundTrip(_ catalog: Items) {
    // What `u.genre` may name and `movies.csv` cannot.
    guard
        catalog.genres.joined().allSatisfy({ genre in
            !genre.isEmpty && genre != "(no genres listed)"
                && !genre.unicodeScalars.contains { $0 == "|" || $0 == "," }
                && genre == genre.trimmingCharacters(in: .whitespaces)
        })
    else { return }
    let rows = catalog.ids.indices.map { item in
        [catalog.ids[item], catalog.titles[item] ?? "", catalog.genres[item].sorted().joined(separator: "|")]
            .map { csvField($0) }.joined(separator: ",") + "\r\n"
    }
    let again = items(write("again.csv", ("movieId,title,genres\r\n" + rows.joined()).utf8))
    requireEqual(again.value, catalog, "written and read again")
}

/// Each line break doubled, every other one with CR.
private func respaced(_ content: [UInt8]) -> [UInt8] {
    let (lf, cr) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
    return content.enumerated().flatMap { place, byte in
        // One CR before LF belongs to the line break: it has its own already.
        byte != lf ? [byte] : place > 0 && content[place - 1] == cr ? [lf, lf] : [cr, lf, lf]
    }
}

/// The ids, read once more in the way of Foundation.
private func requireIDs(_ name: String, _ content: [UInt8]) {
    // Headers and numbers with a point are understood, which this does not.
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    // Without LF lines end at CR.
    if content.contains(UInt8(ascii: "\r")), !content.contains(UInt8(ascii: "\n")) { return }
    guard content.allSatisfy({ $0 < 0x80 && $0 != UInt8(ascii: ".") }), content.first.map(digits.contains) == true
    else { return }
    let delimiter = name.hasSuffix(".dat") ? "::" : "|"
    let ids = content.split(separator: UInt8(ascii: "\n")).compactMap { line in
        let whole = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
        let fields = String(decoding: whole, as: UTF8.self).components(separatedBy: delimiter)
        let id = fields[0].trimmingCharacters(in: [" ", "\t"])
        return fields.count >= 2 && !id.isEmpty ? id : nil
    }
    // The file is the one with blank lines and CRLF.
    let read = Outcome { try table("\(scratch)/\(name)", .item, Vocabulary([])).ids }
    // A first line without digits where those below have them is a header.
    if let read = read.value, read != Array(ids.dropFirst()) { requireEqual(read, ids, "ids") }
}
