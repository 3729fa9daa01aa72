/// A CSV field by RFC 4180: quoted if it contains a comma, a quote or a line break.
package func csvField(_ text: String) -> String {
    let needsQuotes = text.utf8.contains {
        $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\n")
            || $0 == UInt8(ascii: "\r")
    }
    guard needsQuotes else { return text }
    // By bytes: for `String` a quote with an accent is one character, and no quote.
    let quote = UInt8(ascii: "\"")
    let doubled = text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }
    return String(decoding: [quote] + doubled + [quote], as: UTF8.self)
}
