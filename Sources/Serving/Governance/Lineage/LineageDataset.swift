import Foundation
import GRDB
public import Store

/// A data set as OpenLineage names it, with what is known of it.
public struct LineageDataset: Sendable {
    /// Where its name is unique: `file`, a store, a broker or a server.
    public var namespace: String
    public var name: String
    /// The address of what holds it.
    public var address: String
    public var fields: [Field] = []
    /// What tells this state of it from another, such as a checksum.
    public var version: String?
    public var rows: Int?
    public var bytes: Int?

    /// A column, with the columns of other data sets that it is made of.
    public struct Field: Sendable {
        let name: String
        let type: String
        let definition: String
        /// Names of columns of the first input.
        var sources: [String] = []
    }

    /// A file or a folder.
    public init(file path: String, version: String? = nil, rows: Int? = nil, bytes: Int? = nil) {
        let place = URL(fileURLWithPath: path).standardizedFileURL
        (namespace, name, address) = ("file", place.path, place.absoluteString)
        (self.version, self.rows, self.bytes) = (version, rows, bytes)
    }

    /// An index of a server, or a topic of a broker.
    ///
    /// - Parameter server: such as `kafka://localhost:9092`; without credentials.
    public init(_ name: String, at server: String, rows: Int? = nil) {
        (namespace, self.name, address, self.rows) = (server, name, server, rows)
    }

    /// A table of a store.
    public init(table: String, ofStore path: String, version: String? = nil, rows: Int? = nil) {
        let place = URL(fileURLWithPath: path).standardizedFileURL
        (namespace, name, address) = ("sqlite:\(place.path)", table, place.absoluteString)
        (self.version, self.rows) = (version, rows)
        let sources = Self.sources[table] ?? [:]
        fields =
            SchemaGuide.relations.first { $0.name == table }.map { relation in
                relation.columns.map { column in
                    Field(
                        name: column.key, type: Self.types[column.key] ?? "INTEGER", definition: column.value,
                        sources: sources[column.key] ?? [])
                }
            } ?? []
    }

    /// The ratings of a store.
    public init(ratingsOf store: Store) throws(StoreError) {
        self.init(
            table: "ratings", ofStore: store.path, version: try store.ratingsVersion(),
            rows: try store.counts().ratings)
    }

    /// A file with ratings that is read.
    public static func source(_ path: String, checksum: String?, bytes: Int?) -> LineageDataset {
        var made = LineageDataset(file: path, version: checksum, bytes: bytes)
        made.fields = [
            Field(name: "user", type: "string", definition: "id of the user"),
            Field(name: "item", type: "string", definition: "id of the item"),
            Field(name: "value", type: "double", definition: "the rating"),
            Field(name: "time", type: "integer", definition: "when it was given"),
        ]
        return made
    }

    /// A CSV file in a folder that the program writes, by its name.
    public static func written(_ name: String, in folder: String, rows: Int? = nil) -> LineageDataset {
        var made = LineageDataset(file: folder + "/" + name, rows: rows)
        let sources = Self.sources[name] ?? [:]
        made.fields = (WrittenFile.all.first { $0.name == name }?.columns ?? []).map { column in
            Field(
                name: column.name, type: column.type, definition: column.definition,
                sources: sources[column.name] ?? [])
        }
        return made
    }

    private static let types = [
        "value": "REAL", "similarity": "REAL", "predicted_rating": "REAL", "score": "REAL", "model": "TEXT",
    ]

    /// Of what columns of ratings the columns of tables and files are made.
    private static let sources: [String: [String: [String]]] = {
        let all = ["user", "item", "value"]
        return [
            "ratings": ["user": ["user"], "item": ["item"], "value": ["value"], "time": ["time"]],
            "neighbors": [
                "user": ["user"], "neighbor": ["user"], "similarity": all, "support": ["user", "item"], "place": all,
            ],
            "communities": ["user": ["user"], "community": all],
            "recommendations": [
                "user": ["user"], "item": ["item"], "place": all, "predicted_rating": all, "score": all,
            ],
            "users.csv": [
                "user_id": ["user"], "ratings": ["user"], "mean_rating": ["value"], "degree": all,
                "weighted_degree": all, "community": all,
            ],
            "edges.csv": ["source": ["user"], "target": ["user"], "similarity": all, "support": ["user", "item"]],
            "communities.csv": [
                "community": all, "size": all, "internal_weight": all, "conductance": all, "top_items": all,
                "mean_rating": all, "top_genres": all,
            ],
        ]
    }()
}

extension Store {
    /// What tells these ratings from those after another import: the first digits of the SHA-256 of the checksums of all complete
    /// imports, in order; 0 before the first.
    public func ratingsVersion() throws(StoreError) -> String {
        let sums = try inspect { database in
            try String.fetchAll(
                database, sql: "SELECT checksum FROM imports WHERE finished IS NOT NULL ORDER BY finished, import")
        }
        return Lineage.version(ofChecksums: sums)
    }
}
