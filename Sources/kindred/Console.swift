import Foundation

/// Where a person reads: results on standard output, messages on standard error.
enum Console {
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    static func message(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }

    /// Text without a line break, for a line that is drawn again.
    static func draw(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }

    static func result(_ text: String, terminator: String = "\n") {
        FileHandle.standardOutput.write(Data((text + terminator).utf8))
    }

    /// Pretty, with sorted keys.
    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// 1234567 as 1,234,567.
    static func grouped(_ number: Int) -> String {
        var digits = Array(String(number.magnitude))
        for place in stride(from: digits.count - 3, to: 0, by: -3) { digits.insert(",", at: place) }
        return (number < 0 ? "−" : "") + String(digits)
    }

    /// A number with a fixed count of decimals.
    static func fixed(_ number: Double, _ decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { scale, _ in scale * 10 }
        let units = Int((abs(number) * scale).rounded())
        let fraction = String(units % Int(scale))
        let sign = number < 0 && units > 0 ? "−" : ""
        guard decimals > 0 else { return sign + grouped(units) }
        return sign + grouped(units / Int(scale)) + "."
            + String(repeating: "0", count: decimals - fraction.count) + fraction
    }

    /// Text moved to the right end of a field.
    static func aligned(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
