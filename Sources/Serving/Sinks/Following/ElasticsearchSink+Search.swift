import Foundation
import NIOCore
import NIOHTTP1

extension ElasticsearchSink {
    /// How long a search may take; somebody waits for it.
    private static let patience = Duration.seconds(2)

    /// The ids of items that match words of a title, best first: whole words before beginnings of words, and these before words
    /// with a slip; of equals, the item that more have rated comes first.
    ///
    /// - Throws: `ElasticsearchError` where the server does not answer within two seconds, or has no such index.
    public func search(_ text: String, limit: Int) async throws -> [String] {
        let body = try JSONEncoder().encode(SearchRequest(text, limit: limit))
        let path = "/\(IndexKind.items.alias(configuration.prefix))/_search"
        let answer = try await within(Self.patience) { [client] in
            try await client.request(.POST, path, body: body, attempts: 1)
        }
        guard let found = try? JSONDecoder().decode(SearchAnswer.self, from: answer) else {
            throw ElasticsearchError.unreachable(request: "POST \(path)", problem: "the answer is none of a search")
        }
        return found.hits.hits.map(\.source.item_id)
    }

    private func within<Value: Sendable>(
        _ patience: Duration, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup { group in
            defer { group.cancelAll() }
            group.addTask { try await body() }
            group.addTask { [url = configuration.url] in
                try await Task.sleep(for: patience)
                throw ElasticsearchError.unreachable(request: url, problem: "no answer within \(patience)")
            }
            guard let first = try await group.next() else { throw CancellationError() }
            return first
        }
    }
}

/// What is asked of `_search`.
private struct SearchRequest: Encodable {
    private enum Keys: String, CodingKey { case query, size, sort, source = "_source" }

    let text: String
    let limit: Int

    init(_ text: String, limit: Int) { (self.text, self.limit) = (text, limit) }

    private struct Query: Encodable {
        let bool: Choices
        struct Choices: Encodable { let should: [Clause] }
    }

    private struct Clause: Encodable {
        var match: [String: Match]?
        var multi_match: BeginningMatch?
    }

    private struct Match: Encodable {
        let query: String
        var `operator`: String?
        var fuzziness: String?
        let boost: Double
    }

    private struct BeginningMatch: Encodable {
        let query: String
        var type = "bool_prefix"
        var `operator` = "and"
        var fields = ["title.suggest", "title.suggest._2gram", "title.suggest._3gram"]
        let boost: Double
    }

    func encode(to encoder: any Encoder) throws {
        let clauses = [
            Clause(match: ["title": Match(query: text, operator: "and", boost: 4)]),
            Clause(multi_match: BeginningMatch(query: text, boost: 2)),
            Clause(match: ["title": Match(query: text, fuzziness: "AUTO", boost: 1)]),
        ]
        var fields = encoder.container(keyedBy: Keys.self)
        try fields.encode(Query(bool: .init(should: clauses)), forKey: .query)
        try fields.encode(limit, forKey: .size)
        try fields.encode([["_score": "desc"], ["ratings": "desc"], ["item_id": "asc"]], forKey: .sort)
        try fields.encode(["item_id"], forKey: .source)
    }
}

private struct SearchAnswer: Decodable {
    struct Hits: Decodable { let hits: [Hit] }
    struct Hit: Decodable {
        struct Source: Decodable { let item_id: String }
        private enum CodingKeys: String, CodingKey { case source = "_source" }

        let source: Source
    }
    let hits: Hits
}
