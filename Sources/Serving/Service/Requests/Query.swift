import Foundation
import HTTPTypes
import Hummingbird

/// The query of a request, by name, each value asked for with its type and range.
///
/// What is not spelled as it should be is the caller's fault: all that is wrong is told at once by `Problem`.
struct Query {
    private let values: [String: String]

    /// - Parameter names: those that the route knows; another is an error, for a misspelled name would do nothing.
    init(_ request: Request, _ names: String...) throws(Problem) {
        var values: [String: String] = [:]
        for part in (request.uri.query ?? "").split(separator: "&") {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(pair[0]), let value = Self.decoded(pair.count > 1 ? pair[1] : "") else {
                throw Problem.badRequest("the query is not percent-encoded UTF-8")
            }
            guard names.contains(name) else {
                let known = names.isEmpty ? "none" : names.sorted().joined(separator: ", ")
                throw Problem.badRequest("there is no query parameter \"\(name.prefix(40))\" here; there is \(known)")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Problem.badRequest("the query parameter \"\(name)\" is given twice")
            }
        }
        self.values = values
    }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }

    func integer(_ name: String, in range: ClosedRange<Int>, default fallback: Int) throws(Problem) -> Int {
        guard let text = values[name] else { return fallback }
        guard let value = Int(text), range.contains(value) else {
            throw Problem.badRequest(
                "\(name) is \"\(text.prefix(40))\"; it has to be a whole number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return value
    }

    func flag(_ name: String) throws(Problem) -> Bool {
        guard let text = values[name] else { return false }
        guard let value = Bool(text) else {
            throw Problem.badRequest("\(name) is \"\(text.prefix(40))\"; it has to be true or false")
        }
        return value
    }

    /// Whether `format=csv` asks for a table instead of JSON.
    func wantsCSV() throws(Problem) -> Bool {
        try choice("format", of: ["json", "csv"], default: "json") == "csv"
    }

    func choice(_ name: String, of choices: [String], default fallback: String) throws(Problem) -> String {
        guard let text = values[name] else { return fallback }
        guard choices.contains(text) else {
            throw Problem.badRequest(
                "\(name) is \"\(text.prefix(40))\"; it has to be one of \(choices.joined(separator: ", "))")
        }
        return text
    }

    /// The same where it is given.
    func optionalText(_ name: String) throws(Problem) -> String? { values[name] == nil ? nil : try text(name) }
    /// Whether a value was given.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// Text with at least one letter, digit or sign in it.
    func text(_ name: String) throws(Problem) -> String {
        guard let text = values[name], !text.allSatisfy(\.isWhitespace) else {
            throw Problem.badRequest("the query parameter \"\(name)\" is missing or empty")
        }
        guard text.unicodeScalars.count <= 200, !text.contains("\0") else {
            throw Problem.badRequest("\(name) is longer than 200 characters, or has a character that no title has")
        }
        return text
    }
}

extension Query {
    /// Text of one of two names, of which exactly one is given.
    func text(_ one: String, or other: String) throws(Problem) -> (name: String, value: String) {
        guard (values[one] == nil) != (values[other] == nil) else {
            throw Problem.badRequest("exactly one of the query parameters \"\(one)\" and \"\(other)\" is needed")
        }
        let name = values[one] == nil ? other : one
        return (name, try text(name))
    }
}

extension ServiceContext {
    /// An id out of the path.
    func id(_ name: String) throws(Problem) -> String {
        guard let id = parameters.get(name)?.removingPercentEncoding else {
            throw Problem.badRequest("the path is not percent-encoded UTF-8")
        }
        return id
    }
}
