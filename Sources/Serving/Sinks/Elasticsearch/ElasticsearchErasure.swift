import FileOutput
import Foundation
public import Governance
import NIOHTTP1
public import Privacy
public import Store

/// Erases a user from every index of a prefix, older generations among them.
public struct ElasticsearchErasure: ErasableCopy {
    private let client: ElasticsearchClient
    private let deadLetters: DeadLetterFile?
    private let pseudonyms: [String: Pseudonymizer]
    /// How long a load that is under way is waited for: it may have read the user before.
    private static let patience = Duration.seconds(120)

    /// - Parameters:
    ///   - deadLetters: the file of a sink that runs, which has it open, or that has pseudonyms in it.
    ///   - pseudonyms: of the indices, one for each key; besides them there may be indices with the ids of the store.
    public init(
        _ client: ElasticsearchClient, deadLetters: DeadLetterFile? = nil, pseudonyms: [Pseudonymizer] = []
    ) {
        self.client = client
        self.deadLetters = deadLetters
        self.pseudonyms = Dictionary(pseudonyms.map { ($0.fingerprint, $0) }) { first, _ in first }
    }

    private var configuration: ElasticsearchConfiguration { client.configuration }

    /// Indices by a key that is not given are out of reach.
    public func covers(_ output: Output) -> Bool {
        output.place.hasPrefix("\(configuration.url)/\(configuration.prefix)-")
            && (output.pseudonymKey.map(pseudonyms.keys.contains) ?? true)
    }

    /// By query, until a search finds nothing; then the segments that hold the deleted documents are written anew.
    ///
    /// Each index is asked for the user by the name that they have there.
    ///
    /// - Throws: `ElasticsearchError`, such as `otherPseudonyms` for an index by a key that is not given.
    public func erase(
        _ user: String, items: [String], outputs: [Output]
    ) async throws -> [ErasureRecord.Place] {
        let begin = ContinuousClock.now
        var counts: [String: Int] = [:]
        while true {
            let generations = try await client.generations()
            for index in generations.indices.keys.sorted() {
                guard index.kind.holdsPeople else { continue }
                let name = try name(of: user, in: index, generations)
                guard let query = Self.query(index.kind, name) else { continue }
                counts[index.name, default: 0] += try await erase(query, from: index.name)
            }
            let isLoading = generations.indices.contains { $1.contains($0.loadingAlias) }
            guard isLoading, begin.duration(to: .now) < Self.patience else { break }
            try await Task.sleep(for: .seconds(1))
        }
        let mentions = ([user] + pseudonyms.values.map { $0.pseudonym(of: user) }).map { IDMention($0) }
        try deadLetters?.remove { line in mentions.contains { $0.isIn(line) } }
        return counts.sorted { $0.key < $1.key }.map { name, count in
            .init(
                kind: "index", place: "\(configuration.url)/\(name)", count > 0 ? .rewritten : .unaffected,
                count: count > 0 ? count : nil)
        }
    }

    private func name(of user: String, in index: IndexName, _ state: IndexGenerations) throws -> String {
        guard let key = state.key(of: index) else { return user }
        guard let pseudonyms = pseudonyms[key] else {
            throw ElasticsearchError.otherPseudonyms(index: index.name, key: key)
        }
        return pseudonyms.pseudonym(of: user)
    }

    /// nil for kinds that name no user.
    private static func query(_ kind: IndexKind, _ user: String) -> Data? {
        let fields: [String]
        switch kind {
        case .users, .ratings, .recommendations: fields = ["user_id"]
        case .edges: fields = ["source", "target"]
        case .items, .communities: return nil
        }
        let terms = fields.map { "{\"term\":{\"\($0)\":\(user.jsonQuoted)}}" }.joined(separator: ",")
        return Data("{\"query\":{\"bool\":{\"should\":[\(terms)]}}}".utf8)
    }

    private struct Deleted: Decodable { let deleted: Int }
    private struct Count: Decodable { let count: Int }

    /// - Returns: how many documents were removed.
    private func erase(_ query: Data, from index: String) async throws -> Int {
        _ = try await client.request(.POST, "/\(index)/_refresh")
        var total = 0
        // Documents that are written meanwhile are found by the next query.
        for _ in 0..<10 {
            let found = try JSONDecoder().decode(
                Count.self, from: try await client.request(.POST, "/\(index)/_count", body: query)
            ).count
            if found == 0 {
                if total > 0 { try await expunge(index) }
                return total
            }
            let answer = try await client.request(
                .POST, "/\(index)/_delete_by_query", query: "refresh=true&conflicts=proceed", body: query)
            total += try JSONDecoder().decode(Deleted.self, from: answer).deleted
        }
        throw ElasticsearchError.incomplete(index: index, documents: total, expected: 0)
    }

    /// Deleted documents stay in their segments until these are merged, by default only where a tenth of one is deleted.
    private func expunge(_ index: String) async throws {
        _ = try await client.request(
            .PUT, "/\(index)/_settings", body: Data(#"{"index.merge.policy.expunge_deletes_allowed":0}"#.utf8))
        _ = try await client.request(.POST, "/\(index)/_forcemerge", query: "only_expunge_deletes=true")
    }
}
