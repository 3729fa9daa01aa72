internal import FileOutput
internal import Foundation

/// A value of JSON that somebody else has written.
enum MessageValue: Decodable, Equatable {
    case text(String)
    case integer(Int64)
    case number(Double)
    case list([MessageValue])
    case object([String: MessageValue])
    /// Neither an id nor a number.
    case flag(Bool)
    case null

    /// nil for bytes that are no JSON, or whose nesting is too deep.
    init?(_ data: Data, by decoder: JSONDecoder) {
        // Some writers put the mark of UTF-8 first.
        let bytes = data.starts(with: [0xEF, 0xBB, 0xBF]) ? data.dropFirst(3) : data
        guard let value = try? ForeignJSON.decode(MessageValue.self, from: Data(bytes), by: decoder) else { return nil }
        self = value
    }

    init(from decoder: any Decoder) throws {
        // Objects first, for a kind that does not fit costs more than one that does, and their fields are texts and numbers.
        if decoder.codingPath.isEmpty, let object = try? [String: MessageValue](from: decoder) {
            self = .object(object)
            return
        }
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let integer = try? value.decode(Int64.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let object = try? value.decode([String: MessageValue].self) {
            self = .object(object)
        } else if let list = try? value.decode([MessageValue].self) {
            self = .list(list)
        } else if let flag = try? value.decode(Bool.self) {
            self = .flag(flag)
        } else if value.decodeNil() {
            self = .null
        } else {
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "neither text nor number nor list")
        }
    }

    /// As text, where it is text or a whole number: 1 and "1" are one id.
    var id: String? {
        switch self {
        case .text(let text): text.isEmpty ? nil : text
        case .integer(let integer): "\(integer)"
        default: nil
        }
    }

    /// As a number, also where it is written as text.
    var number: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        case .text(let text):
            // `Double` also reads hexadecimal digits, infinities and what is no number.
            text.utf8.allSatisfy { "0123456789.eE+-".utf8.contains($0) }
                ? Double(text).flatMap { $0.isFinite ? $0 : nil } : nil
        default: nil
        }
    }

    /// As text, where it is one value.
    var flat: String? {
        switch self {
        case .text(let text): text
        case .integer(let integer): "\(integer)"
        case .number(let number): "\(number)"
        case .flag(let flag): "\(flag)"
        case .list, .object, .null: nil
        }
    }

    /// For a reason, in a few characters.
    var quoted: String {
        switch self {
        case .text(let text): "\"\(text.prefix(30))\""
        case .list: "a list"
        case .object: "an object"
        case .null: "null"
        default: flat ?? ""
        }
    }
}
