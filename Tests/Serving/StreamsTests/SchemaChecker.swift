import Foundation

/// As much of JSON Schema (draft 2020-12) as the schemas of messages use; a word that it does not know is an error.
struct SchemaChecker {
    indirect enum Value: Decodable, Equatable {
        case null, flag(Bool), number(Double), text(String)
        case list([Value])
        case object([String: Value])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if value.decodeNil() {
                self = .null
            } else if let flag = try? value.decode(Bool.self) {
                self = .flag(flag)
            } else if let number = try? value.decode(Double.self) {
                self = .number(number)
            } else if let text = try? value.decode(String.self) {
                self = .text(text)
            } else if let list = try? value.decode([Value].self) {
                self = .list(list)
            } else {
                self = .object(try value.decode([String: Value].self))
            }
        }

        subscript(_ name: String) -> Value? {
            if case .object(let fields) = self { fields[name] } else { nil }
        }

        var list: [Value] { if case .list(let list) = self { list } else { [] } }
        var text: String { if case .text(let text) = self { text } else { "" } }
        var names: [String] { if case .object(let fields) = self { fields.keys.sorted() } else { [] } }
    }

    struct UnknownWord: Error { let word: String }

    let root: Value

    init(_ schema: Data) throws { root = try JSONDecoder().decode(Value.self, from: schema) }

    /// Whether text is JSON that the schema allows.
    func allows(_ text: String) throws -> Bool {
        guard let value = try? JSONDecoder().decode(Value.self, from: Data(text.utf8)) else { return false }
        return try allows(value, root)
    }

    private func allows(_ value: Value, _ schema: Value) throws -> Bool {
        try schema.names.allSatisfy { word in
            guard let rule = schema[word] else { return true }
            return try holds(word, rule, value)
        }
    }

    private func holds(_ word: String, _ rule: Value, _ value: Value) throws -> Bool {
        switch word {
        case "$schema", "$id", "$defs", "title", "description", "examples": return true
        case "$ref":
            let name = String(rule.text.dropFirst("#/$defs/".count))
            guard let target = root["$defs"]?[name] else { throw UnknownWord(word: rule.text) }
            return try allows(value, target)
        case "anyOf": return try rule.list.contains { try allows(value, $0) }
        case "allOf": return try rule.list.allSatisfy { try allows(value, $0) }
        case "type":
            let types = rule.list.isEmpty ? [rule.text] : rule.list.map(\.text)
            return types.contains { isType($0, value) }
        case "required":
            guard case .object = value else { return true }
            return rule.list.allSatisfy { value[$0.text] != nil }
        case "properties":
            return try rule.names.allSatisfy { name in
                guard let field = value[name], let schema = rule[name] else { return true }
                return try allows(field, schema)
            }
        case "items": return try value.list.allSatisfy { try allows($0, rule) }
        case "minLength", "pattern":
            guard case .text(let text) = value else { return true }
            return word == "pattern" ? try Regex(rule.text).firstMatch(in: text) != nil : !text.isEmpty
        case "minimum", "maximum":
            guard case .number(let number) = value, case .number(let bound) = rule else { return true }
            return word == "minimum" ? number >= bound : number <= bound
        default: throw UnknownWord(word: word)
        }
    }

    private func isType(_ type: String, _ value: Value) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .flag), ("number", .number), ("string", .text), ("array", .list),
            ("object", .object):
            true
        case ("integer", .number(let number)): number == number.rounded()
        default: false
        }
    }
}
