/// A field parsed as a number.
enum ParsedNumber: Equatable {
    case finite(Double)
    /// NaN, an infinity, or a number too large for `Double`.
    case notFinite
    case notANumber

    /// Parses a decimal number: digits with an optional sign, point and exponent.
    ///
    /// Parses up to 15 digits without an exponent exactly; the rest goes to the standard library.
    ///
    /// - Parameter allowsComma: whether the decimals may follow a comma.
    init(_ bytes: Span<UInt8>, _ range: Range<Int>, allowsComma: Bool = false) {
        var index = range.lowerBound
        var isNegative = false
        if index < range.upperBound, bytes[index] == UInt8(ascii: "-") || bytes[index] == UInt8(ascii: "+") {
            isNegative = bytes[index] == UInt8(ascii: "-")
            index += 1
        }
        var mantissa: Int64 = 0
        var digits = 0
        var decimals = 0
        var hasPoint = false
        while index < range.upperBound, digits <= 15 {
            let byte = bytes[index]
            if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
                mantissa = mantissa * 10 + Int64(byte - UInt8(ascii: "0"))
                digits += 1
                if hasPoint { decimals += 1 }
            } else if byte == UInt8(ascii: ".") || allowsComma && byte == UInt8(ascii: ","), !hasPoint {
                hasPoint = true
            } else {
                break
            }
            index += 1
        }
        guard index == range.upperBound, digits > 0, digits <= 15 else {
            self = Self.slow(bytes, range, allowsComma)
            return
        }
        let magnitude = Double(mantissa) / Self.powersOfTen[decimals]
        self = .finite(isNegative ? -magnitude : magnitude)
    }

    static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    private static func slow(_ bytes: Span<UInt8>, _ range: Range<Int>, _ allowsComma: Bool) -> ParsedNumber {
        guard !range.isEmpty, range.count <= 64 else { return .notANumber }
        let (comma, point) = (UInt8(ascii: ","), UInt8(ascii: "."))
        let text = String(
            decoding: range.map { allowsComma && bytes[$0] == comma ? point : bytes[$0] }, as: UTF8.self)
        let unsigned = text.drop { $0 == "-" || $0 == "+" }.lowercased()
        if ["nan", "inf", "infinity"].contains(unsigned) { return .notFinite }
        // `Double` also parses hexadecimal numbers, which ratings files do not intend.
        guard unsigned.allSatisfy({ "0123456789.e+-".contains($0) }), let value = Double(text)
        else { return .notANumber }
        return value.isFinite ? .finite(value) : .notFinite
    }
}
