import FileOutput

/// A fragment of well-formed XML.
///
/// Interpolated text is escaped and only markup is not, so that no title or ID can alter the page's structure:
/// `"<td>\(title)</td>"`.
struct Markup: Sendable, ExpressibleByStringInterpolation {
    private(set) var text: String

    init(stringLiteral literal: String) { text = literal }
    init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(2 * literalCapacity) }

        mutating func appendLiteral(_ literal: String) { text += literal }

        mutating func appendInterpolation(_ text: String) { self.text += xmlText(text) }

        mutating func appendInterpolation(_ markup: Markup) { text += markup.text }

        /// Empty for nil.
        mutating func appendInterpolation(_ markup: Markup?) { text += markup?.text ?? "" }

        mutating func appendInterpolation(_ parts: [Markup]) {
            for part in parts { text += part.text }
        }

        mutating func appendInterpolation(_ number: Int) { text += "\(number)" }

        /// A coordinate, rounded to hundredths.
        mutating func appendInterpolation(_ coordinate: Double) {
            let hundredths = (coordinate * 100).rounded() / 100
            text += hundredths == hundredths.rounded() && abs(hundredths) < 1e9 ? "\(Int(hundredths))" : "\(hundredths)"
        }
    }
}
