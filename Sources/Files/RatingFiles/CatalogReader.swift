import Foundation
import Ratings

/// Reads catalogs of items and users: those of MovieLens and any others with a header or in the order id, title, genres.
///
/// Items: `u.item` (`|`, flags for the genres in `u.genre`), `movies.dat` (`::`), `movies.csv` and its like, with genres
/// separated by bars or commas. Users: `u.user` (`|`), `users.dat` (`::`) and tables with a header, of which columns with
/// few values become attributes. Text is UTF-8, else Windows-1252. Lines with unknown IDs are skipped, since catalogs may
/// contain unrated items.
enum CatalogReader {
    private static let titleNames = [
        "title", "movietitle", "booktitle", "itemtitle", "titel", "titre", "titulo", "name", "itemname", "moviename",
        "productname", "artistname", "trackname", "songname", "gamename", "nom", "nombre", "bezeichnung",
        "originaltitle",
    ]
    private static let genreNames = [
        "genres", "genre", "categories", "category", "tags", "class", "kategorien", "kategorie", "generos", "genero",
        "categorias", "categoria", "categorie",
    ]

    /// Whether a plain name is that of a column of catalogs.
    static func isKnown(_ name: String) -> Bool {
        titleNames.contains(name) || genreNames.contains(name)
            || ["age", "gender", "sex", "occupation", "year", "zipcode", "alter", "geschlecht"].contains(name)
    }

    static func items(_ table: CatalogTable, genres genreFile: FileBytes?, vocabulary: Vocabulary) -> ItemCatalog {
        let flagNames = genreFile.map(flagNames) ?? []
        let columns = columns(of: table)
        var titles = [String?](repeating: nil, count: vocabulary.count)
        var genreFields = [[String]](repeating: [], count: vocabulary.count)
        for row in table.rows {
            guard let item = vocabulary.index(of: row[table.id]) else { continue }
            if let title = columns.title, row.indices.contains(title) {
                titles[item] = row[title].isEmpty ? nil : row[title]
            }
            if !flagNames.isEmpty {
                genreFields[item] = zip(flagNames, row.suffix(flagNames.count)).filter { $0.1 == "1" }.map(\.0)
            } else if let genres = columns.genres, row.indices.contains(genres) {
                genreFields[item] = split(row[genres])
            }
        }
        let names = flagNames.isEmpty ? Set(genreFields.joined()).sorted() : flagNames
        let index = Dictionary(zip(names, names.indices)) { first, _ in first }
        return ItemCatalog(
            titles: titles, genreNames: names,
            genres: genreFields.map { $0.compactMap { index[$0] }.sorted() })
    }

    /// The columns of titles and genres: by their names, or the first text behind the id and the text behind that.
    private static func columns(of table: CatalogTable) -> (title: Int?, genres: Int?) {
        if !table.names.isEmpty {
            return (table.column(titleNames), table.column(genreNames))
        }
        let count = table.rows.map(\.count).min() ?? 0
        let texts = (0..<count).filter { column in
            column != table.id && !ColumnEvidence(table.rows.prefix(1000).lazy.map { $0[column] }).isNumeric
        }
        let title = texts.first { $0 > table.id } ?? texts.first ?? (0..<count).first { $0 != table.id }
        return (title, title.flatMap { title in texts.first { $0 > title } })
    }

    /// Genres between bars or, where there are none, between commas.
    private static func split(_ text: String) -> [String] {
        // By bytes: to `String` a bar with an accent behind it is another character.
        let separator = text.utf8.contains(UInt8(ascii: "|")) ? UInt8(ascii: "|") : UInt8(ascii: ",")
        return text.utf8.split(separator: separator)
            .map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty && $0 != "(no genres listed)" }
    }

    /// The lines of `u.genre`: a name and its position among the flags.
    private static func flagNames(_ file: FileBytes) -> [String] {
        let bar = Delimiter(byte: UInt8(ascii: "|"))
        let rows = DelimitedRecords(file, hasQuotes: false).all { _, _ in bar }.map(\.fields)
        let genres = rows.filter { $0.count == 2 }.map { (name: $0[0], place: Int($0[1]) ?? 0) }
        return genres.sorted { $0.place < $1.place }.map(\.name)
    }
}

/// Attributes of users.
extension CatalogReader {
    /// A column with more values tells people apart, not groups.
    private static let mostValues = 50

    /// - Parameter kept: names, in lower case, of columns that are attributes however many values they have.
    static func users(_ table: CatalogTable, vocabulary: Vocabulary, keeping kept: Set<String> = []) -> UserCatalog {
        let isCoded = table.names.isEmpty && table.path.hasSuffix(".dat")
        var attributes: [UserCatalog.Attribute] = []
        for (name, column) in attributeColumns(of: table, keeping: kept) {
            var values = [String?](repeating: nil, count: vocabulary.count)
            for row in table.rows where row.indices.contains(column) {
                guard let user = vocabulary.index(of: row[table.id]) else { continue }
                values[user] = value(row[column], of: name.lowercased(), isCoded: isCoded)
            }
            if kept.contains(name.lowercased()) || Set(values.compactMap { $0 }).count <= mostValues {
                attributes.append(UserCatalog.Attribute(name: name, values: values))
            }
        }
        return UserCatalog(attributes: attributes)
    }

    /// The names of all columns that say something of users.
    static func attributeNames(_ table: CatalogTable) -> [String] {
        attributeColumns(of: table, keeping: [zipCode]).map(\.name)
    }

    /// The columns of the header; without one, those of MovieLens.
    private static func attributeColumns(
        of table: CatalogTable, keeping kept: Set<String>
    ) -> [(name: String, column: Int)] {
        guard table.names.isEmpty else {
            return table.names.enumerated().compactMap { column, name in
                let untyped = name.split(separator: ":").first.map(String.init) ?? name
                return column == table.id || name.isEmpty ? nil : (untyped, column)
            }
        }
        let code = kept.contains(zipCode) ? [(zipCode, 4)] : []
        if table.path.hasSuffix(".user") { return [("age", 1), ("gender", 2), ("occupation", 3)] + code }
        return table.path.hasSuffix(".dat") ? [("age", 2), ("gender", 1), ("occupation", 3)] + code : []
    }

    /// Says where somebody lives, and is taken where it is asked for alone.
    private static let zipCode = "zip"

    private static func value(_ text: String, of name: String, isCoded: Bool) -> String? {
        if name == "age" { return Int(text).map(AgeBand.name(ofYears:)) }
        if name == "occupation", isCoded { return occupationName(text) }
        return text.isEmpty ? nil : text
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
}
