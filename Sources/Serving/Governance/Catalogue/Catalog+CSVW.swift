import Store

extension Catalog {
    /// CSV on the Web (https://www.w3.org/TR/tabular-metadata/): metadata by the name of the CSV file it is of.
    ///
    /// A file's metadata belongs beside it, as `users.csv-metadata.json`.
    package var csvw: [(name: String, document: JSONValue)] {
        let views = relations.filter { relation in AnalyticsView.all.contains { $0.name == relation.name } }
        return WrittenFile.all.map { ($0.name, Self.csvw($0)) }
            + views.map { ("\($0.name).csv", Self.csvw($0)) }
    }

    private static func csvw(_ file: WrittenFile) -> JSONValue {
        document(
            file.name, file.definition, key: file.key,
            file.columns.map { column in
                var type: [String: JSONValue] = ["base": .text(column.type)]
                if let least = column.least { type["minimum"] = .number(least) }
                if let most = column.most { type["maximum"] = .number(most) }
                return .fields([
                    "name": .text(column.name), "titles": .text(column.name),
                    "dc:description": .text(column.definition), "datatype": .object(type),
                    "required": .bool(column.isRequired),
                ])
            })
    }

    private static func csvw(_ view: Relation) -> JSONValue {
        document(
            "\(view.name).csv", view.definition, key: [],
            view.variables.map { column in
                let type = ["INTEGER": "integer", "REAL": "double"][column.type] ?? "string"
                return .fields([
                    "name": .text(column.name), "titles": .text(column.name),
                    "dc:description": .text(column.definition), "datatype": .text(type),
                ])
            })
    }

    private static func document(
        _ file: String, _ definition: String, key: [String], _ columns: [JSONValue]
    ) -> JSONValue {
        var schema: [String: JSONValue] = ["columns": .list(columns)]
        if !key.isEmpty { schema["primaryKey"] = .list(key.map { .text($0) }) }
        return [
            "@context": "http://www.w3.org/ns/csvw", "url": .text(file), "dc:description": .text(definition),
            "dialect": ["header": true, "encoding": "utf-8"], "tableSchema": .object(schema),
        ]
    }
}
