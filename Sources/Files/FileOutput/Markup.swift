/// A fragment of well-formed XML.
///
/// Interpolated text is escaped and only markup is not, so that no title or ID can alter the page's structure:
/// `"<td>\(title)</td>"`.
package struct Markup: Sendable, ExpressibleByStringInterpolation {
    package private(set) var text: String

    package init(stringLiteral literal: String) { text = literal }
    package init(stringInterpolation: StringInterpolation) { text = stringInterpolation.text }

    package struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var text = ""

        package init(literalCapacity: Int, interpolationCount: Int) { text.reserveCapacity(2 * literalCapacity) }

        package mutating func appendLiteral(_ literal: String) { text += literal }

        package mutating func appendInterpolation(_ text: String) { self.text += xmlText(text) }

        package mutating func appendInterpolation(_ markup: Markup) { text += markup.text }

        /// Empty for nil.
        package mutating func appendInterpolation(_ markup: Markup?) { text += markup?.text ?? "" }

        package mutating func appendInterpolation(_ parts: [Markup]) {
            for part in parts { text += part.text }
        }

        package mutating func appendInterpolation(_ number: Int) { text += "\(number)" }

        /// A coordinate, rounded to hundredths.
        package mutating func appendInterpolation(_ coordinate: Double) {
            let hundredths = (coordinate * 100).rounded() / 100
            text += hundredths == hundredths.rounded() && abs(hundredths) < 1e9 ? "\(Int(hundredths))" : "\(hundredths)"
        }
    }
}
