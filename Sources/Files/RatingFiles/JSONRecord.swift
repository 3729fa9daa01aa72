import FileOutput
import Foundation

/// Some fields of a JSON object on one line, as text: strings as they are, numbers in decimal, others absent.
struct JSONRecord: Decodable {
    /// A field for each key, nil where it is absent, null or neither text nor a number.
    let fields: [String?]
    private let keys: [String]

    /// - Parameters:
    ///   - keys: those of the fields.
    ///   - idCount: as many of the first ones are text rather than numbers, which is tried first.
    /// - Returns: nil where the line is no JSON object.
    init?(_ bytes: Span<UInt8>, _ line: Range<Int>, keys: [String], idCount: Int = .max) {
        let decoder = JSONDecoder()
        if let key = Self.keysInfo { decoder.userInfo[key] = Wanted(keys: keys, idCount: idCount) }
        let data = Data(line.map { bytes[$0] })
        guard let record = try? ForeignJSON.decode(JSONRecord.self, from: data, by: decoder) else { return nil }
        self = record
    }

    /// The keys of an object in their order; nil where the line is none.
    static func keys(_ bytes: Span<UInt8>, _ line: Range<Int>) -> [String]? {
        JSONRecord(bytes, line, keys: [])?.keys
    }

    /// The keys of the first objects among some lines, each once.
    static func names(_ bytes: Span<UInt8>, _ lines: [(range: Range<Int>, number: Int)]) -> [String] {
        var names: [String] = []
        for line in lines.prefix(100) {
            for key in keys(bytes, line.range) ?? [] where !names.contains(key) { names.append(key) }
        }
        return names
    }

    private static let keysInfo = CodingUserInfoKey(rawValue: "keys")

    private struct Wanted: Sendable {
        var keys: [String] = []
        var idCount = 0
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        let wanted = Self.keysInfo.flatMap { decoder.userInfo[$0] as? Wanted } ?? Wanted()
        fields = wanted.keys.enumerated().map { place, name in
            let key = Key(stringValue: name)
            // A type that does not fit costs more than one that does.
            if place >= wanted.idCount, let number = try? object.decode(Double.self, forKey: key) { return "\(number)" }
            if let text = try? object.decode(String.self, forKey: key) { return text }
            if let number = try? object.decode(Int64.self, forKey: key) { return "\(number)" }
            return (try? object.decode(Double.self, forKey: key)).map { "\($0)" }
        }
        keys = wanted.keys.isEmpty ? object.allKeys.map(\.stringValue).sorted() : wanted.keys
    }
}
