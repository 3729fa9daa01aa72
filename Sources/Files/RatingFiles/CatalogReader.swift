import FileOutput
import Foundation
import Ratings

/// Reads the film and user catalogs of MovieLens.
///
/// Films: `u.item` (`|`, flags for the genres in `u.genre`), `movies.dat` (`::`) and `movies.csv` (quoted, with a
/// header), both with genres separated by bars. Users: `u.user` (`|`) and `users.dat` (`::`). Text is UTF-8, else
/// Latin-1. Lines with unknown IDs are skipped, since catalogs may contain unrated items.
enum CatalogReader {
    static func items(
        _ path: String, genres genrePath: String?, vocabulary: Vocabulary
    ) throws(InputError) -> ItemCatalog {
        let rows = try readRows(path)
        var titles = [String?](repeating: nil, count: vocabulary.count)
        var genreFields = [[String]](repeating: [], count: vocabulary.count)
        let flagNames = try genrePath.map { path throws(InputError) in try genreNames(path) } ?? []
        for row in rows where row.count >= 2 {
            guard let item = vocabulary.index(of: row[0]) else { continue }
            titles[item] = row[1]
            if path.hasSuffix(".item") {
                let flags = row.suffix(flagNames.count)
                genreFields[item] = zip(flagNames, flags).filter { $0.1 == "1" }.map(\.0)
            } else if row.count >= 3 {
                genreFields[item] = row[2].split(separator: "|").map(String.init)
                    .filter { $0 != "(no genres listed)" }
            }
        }
        let names = flagNames.isEmpty ? Set(genreFields.joined()).sorted() : flagNames
        let index = Dictionary(zip(names, names.indices)) { first, _ in first }
        return ItemCatalog(
            titles: titles, genreNames: names,
            genres: genreFields.map { $0.compactMap { index[$0] }.sorted() })
    }

    /// The IDs of all films in the file.
    static func itemIDs(_ path: String) throws(InputError) -> [String] {
        try readRows(path).filter { $0.count >= 2 }.map { $0[0] }
    }

    static func users(_ path: String, vocabulary: Vocabulary) throws(InputError) -> UserCatalog {
        let isFirstGeneration = path.hasSuffix(".user")
        var age = [String?](repeating: nil, count: vocabulary.count)
        var gender = age
        var occupation = age
        for row in try readRows(path) where row.count >= 4 {
            guard let user = vocabulary.index(of: row[0]) else { continue }
            let (years, sex) = isFirstGeneration ? (row[1], row[2]) : (row[2], row[1])
            age[user] = Int(years).map(ageGroup)
            gender[user] = sex
            occupation[user] = isFirstGeneration ? row[3] : occupationName(row[3])
        }
        return UserCatalog(attributes: [
            UserCatalog.Attribute(name: "age", values: age),
            UserCatalog.Attribute(name: "gender", values: gender),
            UserCatalog.Attribute(name: "occupation", values: occupation),
        ])
    }

    /// The age groups of MovieLens 1M, for both generations.
    private static func ageGroup(_ years: Int) -> String {
        switch years {
        case ..<18: "under 18"
        case ..<25: "18–24"
        case ..<35: "25–34"
        case ..<45: "35–44"
        case ..<50: "45–49"
        case ..<56: "50–55"
        default: "56 and over"
        }
    }

    /// The occupations that MovieLens 1M encodes as numbers, in the words of 100K if it has them.
    private static func occupationName(_ code: String) -> String? {
        let names = [
            "other", "educator", "artist", "clerical", "college student", "customer service", "doctor",
            "executive", "farmer", "homemaker", "student", "lawyer", "programmer", "retired",
            "salesman", "scientist", "self-employed", "technician", "tradesman", "unemployed", "writer",
        ]
        return Int(code).flatMap { names.indices.contains($0) ? names[$0] : nil }
    }

    /// The lines of `u.genre`: a name and its position among the flags.
    private static func genreNames(_ path: String) throws(InputError) -> [String] {
        try readRows(path).compactMap { row in
            row.count == 2 ? (row[0], Int(row[1]) ?? 0) : nil
        }.sorted { $0.1 < $1.1 }.map(\.0)
    }

    /// CSV has a header and quotes; between `|` or `::` quotes mean nothing, for some titles begin with one.
    private static func readRows(_ path: String) throws(InputError) -> [[String]] {
        let file = try FileBytes(path: path)
        let isCSV = path.hasSuffix(".csv")
        let delimiter =
            isCSV
            ? Delimiter(byte: UInt8(ascii: ","), isDoubled: false)
            : path.hasSuffix(".dat")
                ? Delimiter(byte: UInt8(ascii: ":"), isDoubled: true)
                : Delimiter(byte: UInt8(ascii: "|"), isDoubled: false)
        let records = DelimitedRecords(file, hasQuotes: isCSV).all { _, _ in delimiter }
        return records.dropFirst(isCSV ? 1 : 0).map(\.fields)
    }
}
