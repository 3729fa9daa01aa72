import Platform

extension [UInt8] {
    /// Text as a JSON string (RFC 8259): quotes, backslashes and control characters are escaped.
    ///
    /// `a"b` and a line break become `"a\"b\n"`.
    package mutating func append(json text: String) {
        append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): append(escaped: byte)
            case UInt8(ascii: "\n"): append(escaped: UInt8(ascii: "n"))
            case UInt8(ascii: "\r"): append(escaped: UInt8(ascii: "r"))
            case UInt8(ascii: "\t"): append(escaped: UInt8(ascii: "t"))
            case 0..<0x20:
                append(contentsOf: "\\u00".utf8)
                append(contentsOf: [byte].hexadecimal.utf8)
            default: append(byte)
            }
        }
        append(UInt8(ascii: "\""))
    }

    private mutating func append(escaped byte: UInt8) {
        append(UInt8(ascii: "\\"))
        append(byte)
    }
}

extension String {
    /// The text as a JSON string (RFC 8259).
    package var jsonQuoted: String {
        var bytes: [UInt8] = []
        bytes.append(json: self)
        return String(decoding: bytes, as: UTF8.self)
    }
}
