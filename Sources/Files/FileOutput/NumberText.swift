import Foundation

extension Double {
    /// A fixed number of decimals, with thousands separators and a true minus sign, as in `−1,234.50`; a dash for
    /// infinity and NaN.
    package func fixed(_ decimals: Int) -> String {
        guard isFinite else { return "–" }
        let text = String(format: "%.\(decimals)f", magnitude)
        let whole = text.prefix { $0 != "." }
        let isZero = text.allSatisfy { $0 == "0" || $0 == "." }
        return (self < 0 && !isZero ? "−" : "") + groupedDigits(whole) + text.dropFirst(whole.count)
    }

    /// The same with a plus sign for non-negative numbers.
    package func signed(_ decimals: Int) -> String {
        let text = fixed(decimals)
        return isFinite && !text.hasPrefix("−") ? "+" + text : text
    }

    /// Three digits and a unit of thousands: 1.23 k, 45.6 M; integers below a thousand unchanged.
    package var compact: String {
        guard isFinite else { return "–" }
        let units = [(1e9, " G"), (1e6, " M"), (1e3, " k")]
        // 999.6 would round into the next unit.
        let (size, unit) = units.first { magnitude >= 0.9995 * $0.0 } ?? (1, "")
        let value = self / size
        if size == 1, value == value.rounded() { return value.fixed(0) }
        return value.fixed(value.magnitude < 9.995 ? 2 : value.magnitude < 99.95 ? 1 : 0) + unit
    }

    /// A p-value in reporting style.
    package var pValue: String { self < 0.001 ? "< 0.001" : fixed(3) }

    /// A share as a whole percentage.
    package var percent: String { (100 * self).fixed(0) + " %" }

    /// Up to six digits, as short as possible: 0.05, 1, 20.
    package var plain: String { String(format: "%g", self).replacing("-", with: "−") }
}

extension Int {
    /// With thousands separators.
    package var grouped: String { (self < 0 ? "−" : "") + groupedDigits("\(magnitude)") }

    /// With a noun, plural unless the number is 1.
    package func counted(_ noun: String) -> String { "\(grouped) \(noun)\(self == 1 ? "" : "s")" }
}

/// `1234567` as `1,234,567`.
private func groupedDigits(_ digits: some StringProtocol) -> String {
    stride(from: digits.count, to: 0, by: -3).map { digits.prefix($0).suffix(3) }.reversed().joined(separator: ",")
}
