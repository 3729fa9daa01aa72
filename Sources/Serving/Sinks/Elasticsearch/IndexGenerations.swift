import FileOutput
package import Foundation
import NIOHTTP1

/// The indices of a prefix, and through which aliases they are known.
package struct IndexGenerations: Equatable, Sendable {
    /// Every index that has one of the names, with its aliases.
    package let indices: [IndexName: Set<String>]
    /// Of every index that an alias of a kind leads to, whatever its name.
    package let targets: [IndexKind: [String]]

    private struct Answer: Decodable {
        struct Unread: Decodable {
            init(from decoder: any Decoder) {}
        }
        let aliases: [String: Unread]
    }

    /// - Parameter body: the answer to `GET /PREFIX-*/_alias`.
    /// - Throws: `ElasticsearchError.configuration` where an index has the name of an alias.
    package init(_ body: Data, prefix: String) throws {
        let answer = try ForeignJSON.decode([String: Answer].self, from: body)
        var (indices, targets): ([IndexName: Set<String>], [IndexKind: [String]]) = ([:], [:])
        for (name, entry) in answer.sorted(by: { $0.key < $1.key }) {
            for kind in IndexKind.allCases {
                let alias = kind.alias(prefix)
                guard name != alias else {
                    throw ElasticsearchError.configuration(
                        "\(alias) is an index, where an alias is expected",
                        remedy: "Remove it, or choose another prefix.")
                }
                if let index = IndexName(name, kind, prefix: prefix) { indices[index] = Set(entry.aliases.keys) }
                if entry.aliases[alias] != nil { targets[kind, default: []].append(name) }
            }
        }
        (self.indices, self.targets) = (indices, targets)
    }

    /// The next generation of a kind: its number is the highest that there is, plus 1.
    package func next(_ kind: IndexKind, prefix: String) -> IndexName {
        IndexName(kind, prefix: prefix, number: (indices.keys.filter { $0.kind == kind }.map(\.number).max() ?? 0) + 1)
    }

    /// The body of the call that has the aliases lead to new indices, all at the same moment.
    package func swap(to new: [IndexName]) -> Data {
        let actions = new.sorted().flatMap { index in
            let alias = index.kind.alias(index.prefix)
            let old = (targets[index.kind] ?? []).map { Self.action("remove", $0, alias) }
            return old + [
                Self.action("remove", index.name, index.loadingAlias), Self.action("add", index.name, alias),
            ]
        }
        return Data("{\"actions\":[\(actions.joined(separator: ","))]}".utf8)
    }

    private static func action(_ name: String, _ index: String, _ alias: String) -> String {
        "{\"\(name)\":{\"index\":\(index.jsonQuoted),\"alias\":\(alias.jsonQuoted)}}"
    }

    /// Whether the aliases lead to these indices alone.
    package func lead(to new: [IndexName]) -> Bool { new.allSatisfy { targets[$0.kind] == [$0.name] } }

    /// What is not needed any more once new indices are in place: older generations except for the newest `keep` of each kind, and
    /// all that were never loaded to their end.
    package func outdated(by new: [IndexName], keep: Int) -> [IndexName] {
        new.sorted().flatMap { index in
            let older = indices.keys.filter { $0.kind == index.kind && $0.number < index.number }.sorted(by: >)
            let half = older.filter { indices[$0]?.contains($0.loadingAlias) == true }
            return half + older.filter { !half.contains($0) }.dropFirst(keep)
        }
    }
}

extension ElasticsearchClient {
    func generations() async throws -> IndexGenerations {
        let body = try await request(.GET, "/\(configuration.prefix)-*/_alias")
        return try IndexGenerations(body, prefix: configuration.prefix)
    }

    /// Whether every kind has an index that its alias leads to.
    func hasAliases() async throws -> Bool {
        let targets = try await generations().targets
        return IndexKind.allCases.allSatisfy { targets[$0]?.count == 1 }
    }
}
