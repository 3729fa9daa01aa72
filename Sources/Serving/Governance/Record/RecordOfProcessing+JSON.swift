import Foundation
import Store

extension RecordOfProcessing {
    /// `record.json`: keys are sorted snake case, and `elements` has the whole inventory.
    public var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            encoder.keyEncodingStrategy = .convertToSnakeCase
            let document = Document(
                controller: controller, version: version, activities: activities, holdings: holdings,
                outputs: outputs.map(Document.Sent.init), measures: measures,
                elements: Inventory.elements.map(Document.Element.init))
            return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
        }
    }
}

private struct Document: Encodable {
    let controller: String?
    let version: String
    let activities: [RecordOfProcessing.Activity]
    let holdings: [RecordOfProcessing.Holding]
    let outputs: [Sent]
    let measures: [String]
    let elements: [Element]

    struct Sent: Encodable {
        let kind: String
        let place: String
        let written: Int64
        let rows: Int?
        let holdsPeople: Bool

        init(_ output: Output) {
            (kind, place, written) = (output.kind, output.place, output.written)
            (rows, holdsPeople) = (output.rows, output.holdsPeople)
        }
    }

    struct Element: Encodable {
        let place: DataElement.Place
        let holder: String
        let name: String
        let kind: DataElement.Kind
        let personal: Bool
        /// Absent where it is not personal.
        let subjects: DataSubjects?
        let purposes: [ProcessingPurpose]
        let bases: [LawfulBasis]
        let retention: String
        let readers: [Reader]
        let meaning: String

        init(_ element: DataElement) {
            (place, holder, name) = (element.place, element.holder, element.name)
            (kind, personal, bases) = (element.kind, element.isPersonal, element.bases)
            subjects = element.isPersonal ? element.subjects : nil
            (purposes, retention) = (element.purposes, element.retention.text)
            (readers, meaning) = (element.readers, element.meaning)
        }
    }
}
