package import Foundation

/// JSON that somebody else may have written.
package enum ForeignJSON {
    /// The deepest nesting that is read; what this program writes has a few levels.
    private static let deepest = 64

    /// Decodes as `JSONDecoder` does, which on its own stops the program where JSON breaks off at its 513th level (swift-foundation
    /// of Swift 6.3).
    ///
    /// - Parameter data: in UTF-8. `JSONDecoder` takes other encodings too, whose bytes would have to be told apart here.
    /// - Throws: `DecodingError`.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, from data: Data, by decoder: JSONDecoder = JSONDecoder()
    ) throws -> Value {
        let fault =
            data.contains(0)
            ? "it is not UTF-8" : depth(of: data) > deepest ? "more than \(deepest) levels are nested" : nil
        if let fault { throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: fault)) }
        return try decoder.decode(type, from: data)
    }

    /// How many brackets and braces are open at most: 2 in `[{"a": "[["}]`.
    private static func depth(of data: Data) -> Int {
        var (depth, deepest) = (0, 0)
        var (isText, isEscaped) = (false, false)
        for byte in data {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\"): isEscaped = isText
            case UInt8(ascii: "\""): isText.toggle()
            case UInt8(ascii: "["), UInt8(ascii: "{"):
                if !isText { depth += 1 }
                deepest = max(deepest, depth)
            case UInt8(ascii: "]"), UInt8(ascii: "}"): if !isText { depth -= 1 }
            default: break
            }
        }
        return deepest
    }
}
