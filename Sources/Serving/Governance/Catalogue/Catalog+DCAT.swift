import FileOutput
import Foundation

extension Catalog {
    /// DCAT-AP 3 as JSON-LD: the store as a catalogue of data sets with their distributions.
    ///
    /// Sources, the tables of the store and its outputs are data sets. Identifiers are URNs of the project; nothing is looked up.
    package var dcat: JSONValue {
        let base = "urn:kindred:\(Self.encoded(store))"
        let publisher: JSONValue = [
            "@id": "\(base):owner", "@type": "foaf:Agent",
            "foaf:name": ["@value": .text(Self.owner), "@language": "en"],
        ]
        let datasets =
            sources.map { dcat($0, base) } + relations.map { dcat($0, base) }
            + outputs.map { dcat($0, base) }
        return [
            "@context": Self.context, "@id": .text(base), "@type": "dcat:Catalog",
            "dct:title": Self.english("Kindred: \(store)"),
            "dct:description": Self.english("What the store \(store) holds, where it came from and where it went."),
            "dct:publisher": publisher, "dct:modified": Self.date(modified),
            "dct:language": [
                "@id": "http://publications.europa.eu/resource/authority/language/ENG", "@type": "dct:LinguisticSystem",
            ],
            "dcat:dataset": .list(datasets),
        ]
    }

    private static let context: JSONValue = [
        "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/",
        "foaf": "http://xmlns.com/foaf/0.1/", "prov": "http://www.w3.org/ns/prov#",
        "spdx": "http://spdx.org/rdf/terms#", "xsd": "http://www.w3.org/2001/XMLSchema#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "csvw": "http://www.w3.org/ns/csvw#",
    ]

    private func dcat(_ source: Source, _ base: String) -> JSONValue {
        let id = "\(base):source:\(source.number)"
        let name = source.name.split(separator: "/").last.map(String.init) ?? source.name
        var distribution: [String: JSONValue] = [
            "@id": .text(id + ":file"), "@type": "dcat:Distribution", "dct:title": Self.english(name),
            "dcat:accessURL": Self.resource(id), "spdx:checksum": Self.checksum(source.checksum, id + ":file"),
        ]
        if let bytes = source.bytes {
            distribution["dcat:byteSize"] = ["@value": .text("\(bytes)"), "@type": "xsd:nonNegativeInteger"]
        }
        if let licence = source.licence {
            distribution["dct:license"] = [
                "@id": .text(id + ":licence"), "@type": "dct:LicenseDocument", "rdfs:label": Self.english(licence),
            ]
        }
        let counts = source.kept.flatMap { kept in source.rowsRead.map { ": \(kept) of \($0) rows were kept" } } ?? ""
        var fields = Self.dataset(id, title: name, "Ratings that import \(source.number) read\(counts).")
        fields["dcat:distribution"] = .object(distribution)
        fields["dct:issued"] = Self.date(source.started)
        if let citation = source.citation { fields["dct:bibliographicCitation"] = .text(citation) }
        return .object(fields)
    }

    private func dcat(_ relation: Relation, _ base: String) -> JSONValue {
        var fields = Self.dataset("\(base):table:\(relation.name)", title: relation.name, relation.definition)
        fields["dct:accrualPeriodicity"] = nil
        fields["dct:provenance"] = [
            "@id": .text("\(base):table:\(relation.name):provenance"), "@type": "dct:ProvenanceStatement",
            "rdfs:label": Self.english("Rows stay \(relation.retention)."),
        ]
        fields["dct:accessRights"] = Self.rights(isPublic: !relation.isPersonal)
        return .object(fields)
    }

    private func dcat(_ output: Product, _ base: String) -> JSONValue {
        let id = "\(base):output:\(Self.encoded(output.place))"
        var fields = Self.dataset(id, title: "\(output.kind) \(output.place)", "What Kindred wrote to \(output.place).")
        var distribution: [String: JSONValue] = [
            "@id": .text(id + ":file"), "@type": "dcat:Distribution", "dcat:accessURL": Self.resource(id),
        ]
        if let sha256 = output.sha256 { distribution["spdx:checksum"] = Self.checksum(sha256, id + ":file") }
        fields["dcat:distribution"] = .object(distribution)
        fields["dct:accessRights"] = Self.rights(isPublic: !output.holdsPeople)
        if output.written > 0 { fields["dct:issued"] = Self.date(output.written) }
        let origins = lineage.reached(from: "output:\(output.place)", .up).filter { $0.kind == .source }
        let sources = origins.map { JSONValue.object(["@id": .text("\(base):\($0.id)")]) }
        if !sources.isEmpty { fields["dct:source"] = .list(sources) }
        return .object(fields)
    }

    // MARK: Values

    private static func dataset(_ id: String, title: String, _ description: String) -> [String: JSONValue] {
        [
            "@id": .text(id), "@type": "dcat:Dataset", "dct:title": english(title), "dct:identifier": .text(id),
            "dct:description": english(description),
        ]
    }

    private static func english(_ text: String) -> JSONValue { ["@value": .text(text), "@language": "en"] }

    private static func date(_ seconds: Int64) -> JSONValue {
        ["@value": .text(time(seconds)), "@type": "xsd:dateTime"]
    }

    private static func resource(_ id: String) -> JSONValue { ["@id": .text(id), "@type": "rdfs:Resource"] }

    private static func rights(isPublic: Bool) -> JSONValue {
        [
            "@id": .text(
                "http://publications.europa.eu/resource/authority/access-right/\(isPublic ? "PUBLIC" : "RESTRICTED")"),
            "@type": "dct:RightsStatement",
        ]
    }

    private static func checksum(_ sha256: String, _ id: String) -> JSONValue {
        [
            "@id": .text(id + ":checksum"), "@type": "spdx:Checksum",
            "spdx:algorithm": ["@id": "spdx:checksumAlgorithm_sha256", "@type": "spdx:ChecksumAlgorithm"],
            "spdx:checksumValue": ["@value": .text(sha256), "@type": "xsd:hexBinary"],
        ]
    }

    /// Percent-encoded for a URN.
    private static func encoded(_ text: String) -> String {
        var allowed = CharacterSet.alphanumerics.intersection(CharacterSet(charactersIn: Unicode.Scalar(0)..."\u{7F}"))
        allowed.insert(charactersIn: "-._~")
        return text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
    }

    /// `2020-01-01T00:00:00Z`.
    package static func time(_ seconds: Int64) -> String {
        Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    }
}
