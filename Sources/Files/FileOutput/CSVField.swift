/// A CSV field by RFC 4180: quoted if it contains a comma, a quote or a line break, or has a blank at an end, which readers
/// may take for padding.
///
/// - Parameter isSpreadsheetSafe: whether text that a spreadsheet would run as a formula gets an apostrophe before it.
package func csvField(_ text: String, isSpreadsheetSafe: Bool = false) -> String {
    let text = isSpreadsheetSafe && isFormula(text) ? "'" + text : text
    let needsQuotes =
        text.utf8.contains { ",\"\n\r".utf8.contains($0) } || text.utf8.first.map(" \t".utf8.contains) ?? false
        || text.utf8.last.map(" \t".utf8.contains) ?? false
    guard needsQuotes else { return text }
    // By bytes: for `String` a quote with an accent is one character, and no quote.
    let quote = UInt8(ascii: "\"")
    let doubled = text.utf8.flatMap { $0 == quote ? [quote, quote] : [$0] }
    return String(decoding: [quote] + doubled + [quote], as: UTF8.self)
}

/// Whether a cell is a formula for a spreadsheet (https://owasp.org/www-community/attacks/CSV_Injection): `=1+1` is, `-1` is a
/// number.
private func isFormula(_ text: String) -> Bool {
    guard let first = text.utf8.first, "=+-@\t\r".utf8.contains(first) else { return false }
    return Double(text) == nil
}
