import Foundation

/// One page of a list that an API gives page by page.
struct APIPage {
    let values: [MessageValue]
    /// The address of the next page; nil for the last.
    let next: URL?

    private static let lists = [
        "results", "ratings", "items", "movies", "films", "users", "data", "records", "content",
    ]

    /// - Parameters:
    ///   - url: the address of the page.
    ///   - link: the header `Link` (RFC 8288).
    /// - Throws: `PublishingError` where the body is no list.
    init(_ body: Data, of url: URL, link: String?) throws(PublishingError) {
        guard let value = MessageValue(body, by: JSONDecoder()) else {
            throw .api(
                url: url.absoluteString,
                problem: "the body is no JSON: \(String(decoding: body.prefix(60), as: UTF8.self))",
                remedy: "Name the address of a list in JSON.")
        }
        let linked = link.flatMap(Self.next).flatMap { URL(string: $0, relativeTo: url)?.absoluteURL }
        switch value {
        case .list(let values):
            self.values = values
            next = linked
        case .object(let fields):
            guard let values = Self.lists.lazy.compactMap({ fields[$0]?.list }).first else {
                throw .api(
                    url: url.absoluteString,
                    problem: "there is no list among \(fields.keys.sorted().joined(separator: ", "))",
                    remedy: "Expected a list, or an object with one: \(Self.lists.joined(separator: ", ")).")
            }
            self.values = values
            next = linked ?? Self.next(fields, of: url)
        default:
            throw .api(
                url: url.absoluteString, problem: "the body is no list", remedy: "Name the address of a list in JSON.")
        }
    }

    /// The target of `<…>; rel="next"`.
    private static func next(_ link: String) -> String? {
        for part in link.matches(of: /<([^>]*)>([^<]*)/) where part.2.contains(/;\s*rel\s*=\s*"?[^";,]*\bnext\b/) {
            return String(part.1)
        }
        return nil
    }

    /// By `next` or its like, or by the number of the page where that of the last is told.
    private static func next(_ fields: [String: MessageValue], of url: URL) -> URL? {
        let links = [fields["_links"], fields["links"], fields["paging"]].compactMap { $0?.object?["next"] }
        for value in [fields["next"], fields["next_url"], fields["nextPageUrl"]].compactMap({ $0 }) + links {
            let target = value.object?["href"] ?? value
            if case .text(let text) = target, !text.isEmpty { return URL(string: text, relativeTo: url)?.absoluteURL }
            if case .integer(let number) = target { return page(number, of: url) }
        }
        if case .integer(let number)? = fields["next_page"] ?? fields["nextPage"] { return page(number, of: url) }
        guard case .integer(let number)? = fields["page"],
            case .integer(let last)? = fields["pages"] ?? fields["total_pages"] ?? fields["totalPages"], number < last
        else { return nil }
        return page(number + 1, of: url)
    }

    /// The same address with another `page=`.
    private static func page(_ number: Int64, of url: URL) -> URL? {
        guard var parts = URLComponents(url: url, resolvingAgainstBaseURL: true) else { return nil }
        var query = parts.queryItems ?? []
        query.removeAll { $0.name == "page" }
        parts.queryItems = query + [URLQueryItem(name: "page", value: "\(number)")]
        return parts.url
    }
}

extension MessageValue {
    fileprivate var list: [MessageValue]? { if case .list(let values) = self { values } else { nil } }
    fileprivate var object: [String: MessageValue]? { if case .object(let fields) = self { fields } else { nil } }
}
