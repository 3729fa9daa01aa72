import LinearAlgebra
import Ratings

/// The fault of a malformed row.
enum RowFault: Error, Equatable {
    case fieldCount(Int, expected: Int)
    case openQuote
    case brokenQuote
    case emptyID(column: Int)
    case missing(name: String)
    case notANumber(name: String, text: String, column: Int)
    case notFinite(name: String, text: String, column: Int)
    /// A number that is no rating.
    case beyondRange(text: String, column: Int)
    case notAMoment(text: String, column: Int)
    case offScale(text: String, scale: ClosedRange<Float>, column: Int)
    case noHeading
    case notJSON
    case tooLong(bytes: Int)
    case notText

    var problem: String {
        switch self {
        case .fieldCount(let count, let expected):
            "the row has \(count) \(count == 1 ? "field" : "fields"), not \(expected)"
        case .openQuote: "a quote is not closed"
        case .brokenQuote: "text follows a closing quote"
        case .emptyID: "the id is empty"
        case .missing(let name): "the object has no \(name)"
        case .notANumber(let name, let text, _): "\(name) \"\(text)\" is not a number"
        case .notFinite(let name, let text, _): "\(name) \"\(text)\" is not a finite number"
        case .beyondRange(let text, _): "rating \(text) is not in the range \(RatingScale.widest.words)"
        case .notAMoment(let text, _): "timestamp \"\(text)\" is neither a number nor a date"
        case .offScale(let text, let scale, _):
            "rating \(text) is not on the scale from \(scale.lowerBound) to \(scale.upperBound)"
        case .noHeading: "no line with an item stands above the row"
        case .notJSON: "the line is not a JSON object"
        case .tooLong(let bytes): "the line has \(bytes) bytes"
        case .notText: "the line contains a NUL byte"
        }
    }

    /// Counted from 1.
    var column: Int? {
        switch self {
        case .emptyID(let column), .notANumber(_, _, let column), .notFinite(_, _, let column),
            .beyondRange(_, let column), .notAMoment(_, let column), .offScale(_, _, let column):
            column
        case .fieldCount, .openQuote, .brokenQuote, .missing, .noHeading, .notJSON, .tooLong, .notText: nil
        }
    }
}
