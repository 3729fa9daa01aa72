public import FileOutput
import Foundation
import GRDB
import Platform
public import Store

extension Catalog {
    /// As JSON: names in snake case, in order.
    package var json: String {
        get throws { try Self.text(self) }
    }

    private static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }

    /// Writes all forms of it to a folder: the page, JSON, DCAT-AP, CSVW, Croissant, lineage and the cards of models.
    ///
    /// - Parameter data: the ratings, where they were written beside it.
    public func write(to folder: OutputFolder, data: TrainingData?) throws {
        var files = [
            ("index.html", CatalogPage(self).html), ("catalog.json", try json), ("catalog.jsonld", try dcat.text()),
            ("croissant.json", try croissant(data).text()), ("lineage.json", try Self.text(lineage)),
        ]
        for (name, document) in csvw { files.append(("csvw/\(name)-metadata.json", try document.text())) }
        for card in models {
            files.append(("model-cards/\(card.name).md", card.markdown))
            files.append(("model-cards/\(card.name).html", card.page))
        }
        for (name, text) in files {
            try folder.write(name) { writer throws(OutputError) in try writer.write(text) }
        }
    }
}

extension Store {
    /// Writes the ratings of those whose data may be exported as `ratings.csv`, by the numbers of users and items.
    ///
    /// - Complexity: O(ratings) time and memory.
    public func writeTrainingData(to folder: OutputFolder) throws -> (data: TrainingData, rows: Int) {
        var text = Array("user_id,item_id,rating,timestamp\n".utf8)
        let rows = try inspect { database in
            var rows = 0
            let cursor = try Row.fetchCursor(
                database,
                sql: """
                    SELECT users.id, items.id, value, time FROM ratings_for_export
                    JOIN users USING (user) JOIN items USING (item) ORDER BY user, item
                    """)
            while let row = try cursor.next() {
                let (user, item): (String, String) = try (row.decode(atIndex: 0), row.decode(atIndex: 1))
                let (value, time): (Double, Int64?) = try (row.decode(atIndex: 2), row.decode(atIndex: 3))
                text += "\(Self.field(user)),\(Self.field(item)),\(Float(value)),\(time.map { "\($0)" } ?? "")\n".utf8
                rows += 1
            }
            return rows
        }
        let bytes = text
        try folder.write(WrittenFile.ratings.name) { writer throws(OutputError) in try writer.write(bytes) }
        let sum = sha256(Data(text)).hexadecimal
        return (TrainingData(name: WrittenFile.ratings.name, sha256: sum, bytes: text.count), rows)
    }

    private static func field(_ text: String) -> String { csvField(text, isSpreadsheetSafe: false) }
}
