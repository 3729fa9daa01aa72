/// The training data as a file beside the catalogue.
public struct TrainingData: Sendable {
    /// Its name in the folder of the catalogue.
    public let name: String
    public let sha256: String
    public let bytes: Int

    init(name: String, sha256: String, bytes: Int) {
        (self.name, self.sha256, self.bytes) = (name, sha256, bytes)
    }
}

extension Catalog {
    /// The training data in Croissant 1.0 (https://docs.mlcommons.org/croissant/docs/croissant-spec.html).
    ///
    /// - Parameter data: the ratings as CSV; nil for the imported files by their checksums alone, without records.
    package func croissant(_ data: TrainingData?) -> JSONValue {
        var document: [String: JSONValue] = [
            "@context": Self.croissantContext, "@type": "sc:Dataset", "name": "kindred_ratings",
            "description": .text("Ratings of \(store), as models are fitted on them."),
            "conformsTo": "http://mlcommons.org/croissant/1.0", "url": .text("urn:kindred:\(store)"),
            "version": .text("\(max(1, sources.count)).0.0"), "datePublished": .text(Self.time(modified)),
            "license": .text(terms(\.licence) ?? "not stated"), "citeAs": .text(terms(\.citation) ?? "not stated"),
        ]
        if let data {
            document["distribution"] = [
                [
                    "@type": "cr:FileObject", "@id": "ratings", "name": .text(data.name),
                    "contentUrl": .text(data.name), "encodingFormat": "text/csv", "sha256": .text(data.sha256),
                    "contentSize": .text("\(data.bytes) B"),
                ]
            ]
            document["recordSet"] = [Self.records]
        } else {
            document["distribution"] = .list(sources.map(Self.file))
        }
        return .object(document)
    }

    /// What all sources together say.
    private func terms(_ path: KeyPath<Source, String?>) -> String? {
        var found: [String] = []
        for source in sources {
            if let text = source[keyPath: path], !found.contains(text) { found.append(text) }
        }
        return found.isEmpty ? nil : found.joined(separator: "; ")
    }

    private static func file(_ source: Source) -> JSONValue {
        let name = source.name.split(separator: "/").last.map(String.init) ?? source.name
        return .fields([
            "@type": "cr:FileObject", "@id": .text("source-\(source.number)"), "name": .text(name),
            "contentUrl": .text(name), "encodingFormat": "text/csv", "sha256": .text(source.checksum),
            "contentSize": .text(source.bytes.map { "\($0) B" }),
        ])
    }

    private static let records: JSONValue = [
        "@type": "cr:RecordSet", "@id": "records", "name": "records",
        "description": .text(WrittenFile.ratings.definition),
        "field": .list(
            WrittenFile.ratings.columns.map { column in
                let type = ["integer": "sc:Integer", "double": "sc:Float"][column.type] ?? "sc:Text"
                return [
                    "@type": "cr:Field", "@id": .text("records/\(column.name)"), "name": .text(column.name),
                    "description": .text(column.definition), "dataType": .text(type),
                    "source": ["fileObject": ["@id": "ratings"], "extract": ["column": .text(column.name)]],
                ]
            }),
    ]

    /// As the specification has it; readers compare it.
    private static let croissantContext: JSONValue = [
        "@language": "en", "@vocab": "https://schema.org/", "citeAs": "cr:citeAs", "column": "cr:column",
        "conformsTo": "dct:conformsTo", "cr": "http://mlcommons.org/croissant/",
        "rai": "http://mlcommons.org/croissant/RAI/", "data": ["@id": "cr:data", "@type": "@json"],
        "dataType": ["@id": "cr:dataType", "@type": "@vocab"], "dct": "http://purl.org/dc/terms/",
        "equivalentProperty": "cr:equivalentProperty", "examples": ["@id": "cr:examples", "@type": "@json"],
        "extract": "cr:extract", "field": "cr:field",
        "fileProperty": "cr:fileProperty", "fileObject": "cr:fileObject", "fileSet": "cr:fileSet",
        "format": "cr:format", "includes": "cr:includes", "isLiveDataset": "cr:isLiveDataset",
        "jsonPath": "cr:jsonPath", "key": "cr:key", "md5": "cr:md5", "parentField": "cr:parentField",
        "path": "cr:path", "recordSet": "cr:recordSet", "references": "cr:references", "regex": "cr:regex",
        "repeated": "cr:repeated", "replace": "cr:replace", "samplingRate": "cr:samplingRate",
        "sc": "https://schema.org/",
        "separator": "cr:separator", "source": "cr:source", "subField": "cr:subField", "transform": "cr:transform",
    ]
}
