import FileOutput

/// Why Elasticsearch was not asked, or did not do what it was asked for.
public enum ElasticsearchError: Error, Equatable, CustomStringConvertible {
    /// What was set does not fit.
    case configuration(String, remedy: String)
    /// Nobody answers, or the answer is none of Elasticsearch; it may be otherwise later.
    case unreachable(request: String, problem: String)
    /// The server does not know who asks, or does not let them.
    case denied(request: String, status: Int, reason: String)
    /// An index or alias is not there.
    case missing(name: String)
    /// The server does not take the request.
    case refused(request: String, status: Int, reason: String)
    /// An index does not hold what was loaded into it.
    case incomplete(index: String, documents: Int, expected: Int)
    /// Another load of the same indices has ended meanwhile, and with it what held changes for this one.
    case overtaken(prefix: String)
    /// Users have other names in an index than those that are written or looked for.
    ///
    /// - Parameters:
    ///   - index: whose key it is.
    ///   - key: the fingerprint of its key; nil where it has the ids of the store.
    case otherPseudonyms(index: String, key: String?)

    /// Whether the same request may succeed later without anybody doing something about it.
    public var isTransient: Bool { if case .unreachable = self { true } else { false } }

    public var description: String {
        switch self {
        case .configuration(let problem, let remedy): "\(problem). \(remedy)".visible()
        case .unreachable(let request, let problem):
            "\(request): \(problem). Check that the server runs and that the address is right.".visible()
        case .denied(let request, let status, let reason):
            "\(request): the server answers \(status) (\(reason)). Check the key or password, and its privileges."
                .visible()
        case .missing(let name):
            "there is no index or alias \(name). Index the store first, or check the prefix.".visible()
        case .refused(let request, let status, let reason):
            "\(request): the server answers \(status) (\(reason)). Check its version and its log.".visible()
        case .incomplete(let index, let documents, let expected):
            "\(index) has \(documents) documents, not the \(expected) that were loaded. Load again.".visible()
        case .overtaken(let prefix):
            "another program loaded \(prefix) meanwhile, so changes may be missing. A service that follows the store loads anew."
                .visible()
        case .otherPseudonyms(let index, let key):
            "users of \(index) have \(key.map { "pseudonyms by the key with the fingerprint \($0)" } ?? "the ids of the store"). "
                .visible() + "Name the same key, or load all kinds anew."
        }
    }
}
