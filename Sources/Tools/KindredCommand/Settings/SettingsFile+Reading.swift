import FileOutput
import Foundation
import TOMLKit

extension SettingsFile {
    /// Reads JSON where the name ends so, else TOML. Entries and tables are in the order of their names.
    ///
    /// - Throws: `InputError` with the line of what is no TOML, or the name of what is no setting.
    public static func read(_ path: String) throws(InputError) -> SettingsFile {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw InputError(
                file: path, problem: "there is no such file, or it cannot be read",
                remedy: "Name one in TOML or JSON.")
        }
        do {
            let isJSON = path.lowercased().hasSuffix(".json")
            return SettingsFile(
                isJSON
                    ? try ForeignJSON.decode([String: Node].self, from: data)
                    : try TOMLDecoder().decode([String: Node].self, from: String(decoding: data, as: UTF8.self)))
        } catch let error as TOMLParseError {
            throw InputError(
                file: path, line: error.source.begin.line, problem: "not valid TOML: \(error.description)",
                remedy: remedy)
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            let place = context.codingPath.map(\.stringValue).joined(separator: ".")
            throw InputError(
                file: path, problem: place.isEmpty ? "not a table" : "\(place) is not a number, a text, true or false",
                remedy: remedy)
        } catch {
            throw InputError(file: path, problem: "not valid JSON", remedy: remedy)
        }
    }

    private static let remedy = "Each model has a table: [als], and below it lines such as rank = 64."

    private init(_ nodes: [String: Node]) {
        var entries: [Entry] = []
        var tables: [Table] = []
        for (name, node) in nodes.sorted(by: { $0.key < $1.key }) {
            switch node {
            case .value(let text): entries.append(Entry(name, text))
            case .table(let values):
                let sorted = values.sorted { $0.key < $1.key }
                tables.append(Table(name, sorted.map { Entry($0.key, $0.value.text) }))
            }
        }
        self.init(entries, tables: tables)
    }
}

/// What stands behind a name on top.
private enum Node: Decodable {
    case value(String)
    case table([String: Scalar])

    init(from decoder: any Decoder) throws {
        if let scalar = try? Scalar(from: decoder) {
            self = .value(scalar.text)
        } else {
            self = .table(try [String: Scalar](from: decoder))
        }
    }
}

/// A value as text; a whole number is told from one with decimals.
private struct Scalar: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            text = "\(value)"
        } else if let value = try? container.decode(Int.self) {
            text = "\(value)"
        } else if let value = try? container.decode(Double.self) {
            text = "\(value)"
        } else {
            text = try container.decode(String.self)
        }
    }
}
