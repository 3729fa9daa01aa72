extension SettingsFile {
    /// The settings in TOML, in their order; reading them gives every value back.
    public var toml: String {
        let top = Self.lines(entries)
        let parts = tables.map { "[\($0.name)]\n" + Self.lines($0.entries) }
        return ((top.isEmpty ? [] : [top]) + parts).joined(separator: "\n")
    }

    private static func lines(_ entries: [Entry]) -> String {
        entries.map { "\($0.key) = \(literal($0.value))\n" }.joined()
    }

    /// Numbers and truth values stand bare, words in quotes.
    private static func literal(_ value: String) -> String {
        // Without a fraction or an exponent it is an integer to TOML, and has to fit into 64 bits.
        let isFloat = value.contains(".") || value.contains("e")
        let isNumber = Int64(value) != nil || isFloat && Double(value)?.isFinite == true
        if isNumber || value == "true" || value == "false" { return value }
        let escaped = value.unicodeScalars.map { scalar in
            switch scalar {
            case "\"": "\\\""
            case "\\": "\\\\"
            case _ where scalar.value < 0x20 || scalar.value == 0x7F:
                "\\u" + String(repeating: "0", count: scalar.value < 0x10 ? 3 : 2) + String(scalar.value, radix: 16)
            default: String(scalar)
            }
        }
        return "\"\(escaped.joined())\""
    }
}
