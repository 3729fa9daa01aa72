public import Foundation

/// A piece of work whose events are told in OpenLineage.
public struct LineageJob: Sendable {
    /// The command or stage, such as `import`.
    public let name: String
    public let definition: String
    /// The version of the program.
    public let version: String
    public let run: UUID
    public var inputs: [LineageDataset]
    public var outputs: [LineageDataset]

    public init(
        _ name: String, _ definition: String, version: String, run: UUID = UUID(), inputs: [LineageDataset] = [],
        outputs: [LineageDataset] = []
    ) {
        (self.name, self.definition, self.version, self.run) = (name, definition, version, run)
        (self.inputs, self.outputs) = (inputs, outputs)
    }

    public enum Event: Sendable {
        case start
        case complete
        /// - Parameter type: the kind of error; its message could quote what was read.
        case fail(type: String)
    }

    /// An OpenLineage RunEvent (https://openlineage.io/spec/2-0-2/OpenLineage.json) as one line of JSON.
    public func line(_ event: Event, at time: Date) throws -> String {
        try document(event, at: time).text(isPretty: false)
    }

    package func document(_ event: Event, at time: Date) -> JSONValue {
        var runFacets: [String: JSONValue] = [
            "processing_engine": Self.facet(
                "1-1-1", "ProcessingEngineRunFacet", ["name": "kindred", "version": .text(version)])
        ]
        let type: JSONValue
        switch event {
        case .start: type = "START"
        case .complete: type = "COMPLETE"
        case .fail(let error):
            type = "FAIL"
            runFacets["errorMessage"] = Self.facet(
                "1-0-1", "ErrorMessageRunFacet", ["message": .text(error), "programmingLanguage": "Swift"])
        }
        return [
            "eventType": type, "eventTime": .text(time.formatted(Self.timeStyle)), "producer": Self.producer,
            "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
            "run": ["runId": .text(run.uuidString.lowercased()), "facets": .object(runFacets)],
            "job": [
                "namespace": "kindred", "name": .text(name),
                "facets": [
                    "jobType": Self.facet(
                        "2-0-4", "JobTypeJobFacet",
                        ["processingType": "BATCH", "integration": "KINDRED", "jobType": "COMMAND"]),
                    "documentation": Self.facet(
                        "1-1-0", "DocumentationJobFacet", ["description": .text(definition)]),
                ],
            ],
            "inputs": .list(inputs.map { input($0) }), "outputs": .list(outputs.map { output($0) }),
        ]
    }

    private static let timeStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    private static let producer: JSONValue = "urn:kindred"

    private static func facet(_ version: String, _ name: String, _ fields: [String: JSONValue]) -> JSONValue {
        var fields = fields
        fields["_producer"] = producer
        fields["_schemaURL"] = .text("https://openlineage.io/spec/facets/\(version)/\(name).json#/$defs/\(name)")
        return .object(fields)
    }

    // MARK: Data sets

    private func input(_ dataset: LineageDataset) -> JSONValue {
        var measures: [String: JSONValue] = [:]
        if let rows = dataset.rows { measures["rowCount"] = .integer(rows) }
        if let bytes = dataset.bytes { measures["bytes"] = .integer(bytes) }
        let metrics =
            measures.isEmpty
            ? [:]
            : [
                "dataQualityMetrics": Self.facet(
                    "1-0-3", "DataQualityMetricsInputDatasetFacet",
                    measures.merging(["columnMetrics": [:]]) { one, _ in one })
            ]
        return [
            "namespace": .text(dataset.namespace), "name": .text(dataset.name),
            "facets": .object(Self.facets(of: dataset)), "inputFacets": .object(metrics),
        ]
    }

    private func output(_ dataset: LineageDataset) -> JSONValue {
        var facets = Self.facets(of: dataset)
        if let origin = inputs.first, dataset.fields.contains(where: { !$0.sources.isEmpty }) {
            facets["columnLineage"] = Self.facet(
                "1-2-0", "ColumnLineageDatasetFacet", ["fields": .object(Self.columns(of: dataset, from: origin))])
        }
        var measures: [String: JSONValue] = [:]
        if let rows = dataset.rows { measures["rowCount"] = .integer(rows) }
        if let bytes = dataset.bytes { measures["size"] = .integer(bytes) }
        let statistics =
            measures.isEmpty
            ? [:] : ["outputStatistics": Self.facet("1-0-2", "OutputStatisticsOutputDatasetFacet", measures)]
        return [
            "namespace": .text(dataset.namespace), "name": .text(dataset.name), "facets": .object(facets),
            "outputFacets": .object(statistics),
        ]
    }

    private static func facets(of dataset: LineageDataset) -> [String: JSONValue] {
        var facets = [
            "dataSource": facet(
                "1-0-1", "DatasourceDatasetFacet", ["name": .text(dataset.namespace), "uri": .text(dataset.address)]),
            "ownership": facet(
                "1-0-1", "OwnershipDatasetFacet",
                ["owners": [["name": .text(Catalog.owner), "type": "CONTROLLER"]]]),
        ]
        if let version = dataset.version {
            facets["version"] = facet("1-0-1", "DatasetVersionDatasetFacet", ["datasetVersion": .text(version)])
        }
        if !dataset.fields.isEmpty {
            let fields = dataset.fields.enumerated().map { place, field -> JSONValue in
                [
                    "name": .text(field.name), "type": .text(field.type), "description": .text(field.definition),
                    "ordinal_position": .integer(place + 1),
                ]
            }
            facets["schema"] = facet("1-2-0", "SchemaDatasetFacet", ["fields": .list(fields)])
        }
        return facets
    }

    private static func columns(of dataset: LineageDataset, from origin: LineageDataset) -> [String: JSONValue] {
        let pairs = dataset.fields.filter { !$0.sources.isEmpty }.map { field in
            let inputs = field.sources.map { source -> JSONValue in
                let isSame = field.sources.count == 1 && dataset.name == "ratings"
                return [
                    "namespace": .text(origin.namespace), "name": .text(origin.name), "field": .text(source),
                    "transformations": [
                        ["type": "DIRECT", "subtype": isSame ? "IDENTITY" : "TRANSFORMATION", "masking": false]
                    ],
                ]
            }
            return (field.name, JSONValue.object(["inputFields": .list(inputs)]))
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
