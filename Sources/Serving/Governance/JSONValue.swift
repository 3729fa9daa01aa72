import Foundation

/// A value of JSON, for documents whose field names somebody else has chosen: JSON-LD, Croissant, CSVW and OpenLineage.
package enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([JSONValue])
    case object([String: JSONValue])

    package static func text(_ text: String?) -> JSONValue { text.map { .text($0) } ?? .null }

    package static func integer(_ number: Int) -> JSONValue { .integer(Int64(number)) }

    /// An object without the fields that are null.
    package static func fields(_ fields: [String: JSONValue]) -> JSONValue {
        .object(fields.filter { $0.value != .null })
    }

    /// As text, with the names of each object in order.
    package func text(isPretty: Bool = true) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return String(decoding: try encoder.encode(self), as: UTF8.self) + "\n"
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral,
    ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral
{
    package init(stringLiteral text: String) { self = .text(text) }
    package init(arrayLiteral elements: JSONValue...) { self = .list(elements) }
    package init(integerLiteral number: Int64) { self = .integer(number) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }

    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}

extension JSONValue: Encodable {
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let number): try container.encode(number)
        // JSON has neither infinity nor NaN.
        case .number(let number): if number.isFinite { try container.encode(number) } else { try container.encodeNil() }
        case .text(let text): try container.encode(text)
        case .list(let list): try container.encode(list)
        case .object(let fields): try container.encode(fields)
        }
    }
}
