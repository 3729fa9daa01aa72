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

    /// The fingerprint of the key that users of an index have pseudonyms by; nil where they have the ids of the store.
    package func key(of index: IndexName) -> String? {
        let start = IndexName.keyAlias("", prefix: index.prefix)
        return indices[index]?.filter { $0.hasPrefix(start) }.map { String($0.dropFirst(start.count)) }.min()
    }

    /// What users are called by in the indices that the aliases of kinds lead to.
    package func keys(of kinds: Set<IndexKind>, prefix: String) -> [IndexKind: String?] {
        var keys: [IndexKind: String?] = [:]
        for (kind, names) in targets where kind.holdsPeople && kinds.contains(kind) {
            for name in names { keys.updateValue(IndexName(name, kind, prefix: prefix).flatMap(key), forKey: kind) }
        }
        return keys
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
    /// all that were never loaded to their end or call users by another key.
    ///
    /// - Parameter key: the fingerprint of the key of the new ones.
    package func outdated(by new: [IndexName], keep: Int, key: String? = nil) -> [IndexName] {
        new.sorted().flatMap { index in
            let older = indices.keys.filter { $0.kind == index.kind && $0.number < index.number }.sorted(by: >)
            let half = older.filter { old in
                indices[old]?.contains(old.loadingAlias) == true || self.key(of: old) != key
            }
            return half + older.filter { !half.contains($0) }.dropFirst(keep)
        }
    }
}

extension ElasticsearchClient {
    func generations() async throws -> IndexGenerations {
        let body = try await request(.GET, "/\(configuration.prefix)-*/_alias")
        return try IndexGenerations(body, prefix: configuration.prefix)
    }

    /// Whether every kind has an index that its alias leads to, and users are called there as they are to be.
    func hasAliases() async throws -> Bool {
        let state = try await generations()
        return IndexKind.allCases.allSatisfy { state.targets[$0]?.count == 1 }
            && state.keys(of: Set(IndexKind.allCases), prefix: configuration.prefix).values
                .allSatisfy { $0 == configuration.pseudonymKey }
    }
}
