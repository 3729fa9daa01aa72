/// Text for XML, in elements and attributes: markup escaped, and U+FFFD for what XML 1.0 cannot hold.
///
/// A reader turns tabs and line breaks of an attribute into spaces unless they are written as references (XML 1.0, 3.3.3).
package func xmlText(_ text: String) -> String {
    var escaped = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
        case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
        case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
        case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
        case "\t", "\n", "\r": escaped.append(contentsOf: "&#\(scalar.value);".unicodeScalars)
        default: escaped.append(xmlHolds(scalar) ? scalar : "\u{FFFD}")
        }
    }
    return String(escaped)
}

/// Whether XML 1.0 has the character at all, even as a reference.
package func xmlHolds(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x9, 0xA, 0xD: true
    case 0..<0x20, 0xFFFE, 0xFFFF: false
    default: true
    }
}
