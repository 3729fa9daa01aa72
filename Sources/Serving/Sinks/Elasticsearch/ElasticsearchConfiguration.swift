public import FileOutput
import Foundation
public import Privacy

/// Which server is written to, as whom, and under which names.
public struct ElasticsearchConfiguration: Sendable {
    /// How requests say who sends them.
    public enum Authentication: Sendable, Equatable {
        case none
        /// An API key in the encoded form that Elasticsearch gives.
        case apiKey(String)
        case basic(user: String, password: String)

        /// The value of the header `Authorization`.
        var header: String? {
            switch self {
            case .none: nil
            case .apiKey(let key): "ApiKey \(key)"
            case .basic(let user, let password): "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())"
            }
        }
    }

    /// Without a slash at its end.
    public let url: String
    /// What the names of aliases and indices begin with.
    public let prefix: String
    public var authentication = Authentication.none
    /// Certificates in PEM that vouch for the server's, in place of the system's. The default is nil.
    public var caFile: String?
    /// How long an answer may take, in seconds. The default is 60.
    public var timeout = 60.0
    /// What users are called in the indices; nil where they have the ids of the store. The default is nil.
    public var pseudonyms: Pseudonymizer?

    /// - Parameters:
    ///   - url: `http://` or `https://`, host, and port and path where there are some.
    ///   - prefix: as Elasticsearch wants names: lower-case, 1 to 200 bytes, first a letter or digit, none of `\/*?"<>|#:, `.
    /// - Throws: `ElasticsearchError.configuration`.
    public init(url: String, prefix: String = "kindred") throws(ElasticsearchError) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), parts.host?.isEmpty == false
        else {
            throw .configuration("the address \"\(url)\" is none of HTTP", remedy: "Expected http://host:9200.")
        }
        guard parts.user == nil, parts.password == nil, parts.query == nil, parts.fragment == nil else {
            // Not repeated: it may hold a password.
            throw .configuration(
                "the address of Elasticsearch has a user, a query or a fragment",
                remedy: "Name scheme, host, port and path alone; a password comes from a file.")
        }
        guard Self.isName(prefix) else {
            throw .configuration(
                "the prefix \"\(prefix)\" cannot begin the name of an index",
                remedy: "Expected lower-case letters, digits, - and _, first a letter or digit.")
        }
        self.url = String(url.reversed().drop { $0 == "/" }.reversed())
        self.prefix = prefix
    }

    /// Names the indices of this server in the store; with pseudonyms by another key they are another sink.
    public var sinkName: String { addressName + (pseudonymKey.map { " pseudonyms \($0)" } ?? "") }

    private var addressName: String { "elasticsearch \(prefix) \(url)" }

    /// The fingerprint of the key that pseudonyms are by; nil where there are none.
    package var pseudonymKey: String? { pseudonyms?.fingerprint }

    /// Whether a sink of a store writes to the same indices and calls users otherwise.
    package func isOtherKey(_ sink: String) -> Bool {
        guard sink == addressName || sink.hasPrefix(addressName + " ") else { return false }
        return sink != sinkName && sink != loadingName
    }

    /// Holds the outbox while indices are loaded.
    public var loadingName: String { sinkName + " loading" }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, (1...200).contains(text.utf8.count) else { return false }
        let forbidden = "\\/*?\"<>|#:, .%"
        return !"-_+".unicodeScalars.contains(first) && text == text.lowercased()
            && text.unicodeScalars.allSatisfy { $0.value > 0x20 && !forbidden.unicodeScalars.contains($0) }
    }

    /// The first line of a file that holds a key or a password.
    ///
    /// - Throws: `InputError` where there is no such file, or nothing in its first line.
    public static func secret(inFile path: String) throws(InputError) -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw InputError(
                file: path, problem: "the file with the secret cannot be read",
                remedy: "Check its name and permissions.")
        }
        let line = String(decoding: data.prefix(4096), as: UTF8.self).prefix { !$0.isNewline }
        let secret = line.trimmingCharacters(in: .whitespaces)
        guard !secret.isEmpty else {
            throw InputError(file: path, problem: "the first line is empty", remedy: "It has to be the secret alone.")
        }
        return secret
    }
}
