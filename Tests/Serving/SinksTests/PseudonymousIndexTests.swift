import FileOutput
import Foundation
import Graphs
import Logging
import NIOHTTP1
import Privacy
import Ratings
import ServingSupport
import Sinks
import Store
import Synchronization
import Testing

/// Indices in which users have pseudonyms by a key of their own.
struct PseudonymousIndexTests {
    /// The key and the pseudonym of `7` that `Pseudonymizer` documents.
    private static let pseudonyms = Self.pseudonyms(0x0b)
    private static let seven = "47f72ae6d61f38e4453a01c469cc109c"

    private static func pseudonyms(_ byte: UInt8) -> Pseudonymizer {
        Pseudonymizer([Pseudonymizer.Key(Data(repeating: byte, count: 32))].compactMap { $0 })
    }

    private let documents = IndexDocuments(prefix: "k", pseudonyms: Self.pseudonyms)

    private func text(_ operation: BulkOperation) -> String { String(decoding: operation.lines, as: UTF8.self) }

    private func configuration(_ url: String, _ pseudonyms: Pseudonymizer?) throws -> ElasticsearchConfiguration {
        var configuration = try ElasticsearchConfiguration(url: url)
        configuration.pseudonyms = pseudonyms
        return configuration
    }

    @Test func `ratings and users have the pseudonym as field and in the id`() {
        let rating = text(
            documents.rating(RatingRecord(user: "7", item: "242", value: 3, time: nil, arrived: nil), version: 1))
        #expect(rating.contains(#""_id":"\#(Self.seven):242""#) && rating.contains(#""user_id":"\#(Self.seven)""#))
        let user = text(documents.user(UserRecord(id: "7", community: nil, ratings: 1, meanRating: 3), version: 1))
        #expect(user.contains(#""_id":"\#(Self.seven)""#) && user.contains(#""user_id":"\#(Self.seven)""#))
        #expect(!rating.contains(#""7"#) && !user.contains(#""7"#))
    }

    @Test func `a sink by another key is another sink of the same indices`() throws {
        let (plain, mine) = try (configuration("http://h:9200", nil), configuration("http://h:9200", Self.pseudonyms))
        let other = try configuration("http://h:9200", Self.pseudonyms(0x0c))
        #expect(Set([plain.sinkName, mine.sinkName, other.sinkName]).count == 3)
        #expect(
            mine.isOtherKey(plain.sinkName) && mine.isOtherKey(other.loadingName) && plain.isOtherKey(mine.sinkName))
        #expect(!mine.isOtherKey(mine.sinkName) && !mine.isOtherKey(mine.loadingName))
        #expect(try !mine.isOtherKey(configuration("http://h:92001", nil).sinkName))
    }

    @Test func `an index remembers the fingerprint of its key, and older ones by another key do not stay`() throws {
        let key = Self.pseudonyms.fingerprint
        let index = IndexName(.ratings, prefix: "k", number: 2)
        let body = String(decoding: IndexMapping.creation(index, key: key), as: UTF8.self)
        #expect(body.contains(#""aliases":{"k-ratings-000002-loading":{},"k-key-\#(key)":{}}"#))
        let state = try IndexGenerations(
            Data(
                #"{"k-ratings-000001":{"aliases":{}},"k-ratings-000002":{"aliases":{"k-ratings":{},"k-key-\#(key)":{}}}}"#
                    .utf8), prefix: "k")
        #expect(state.key(of: index) == key && state.key(of: IndexName(.ratings, prefix: "k", number: 1)) == nil)
        #expect(state.keys(of: [.ratings, .users], prefix: "k") == [.ratings: key])
        let new = IndexName(.ratings, prefix: "k", number: 3)
        #expect(state.outdated(by: [new], keep: 9, key: key).map(\.number) == [1])
        #expect(state.outdated(by: [new], keep: 9, key: nil).map(\.number) == [2])
    }

    @Test func `a load of some kinds is refused where the others are by another key`() async throws {
        let sample = try LiveSample(users: 4, items: 3)
        let server = try await ScriptedServer { _, _ in
            .answer(200, #"{"kindred-ratings-000001":{"aliases":{"kindred-ratings":{},"kindred-key-0123":{}}}}"#)
        }
        let configuration = try configuration(server.url, Self.pseudonyms)
        await #expect(throws: ElasticsearchError.otherPseudonyms(index: "kindred-ratings", key: "0123")) {
            try await ElasticsearchClient.use(configuration) { client in
                _ = try await IndexLoader(client).loadSink([.users], sample.store, nil)
            }
        }
        try await server.stop()
        #expect(server.requests.count == 1)
    }

    @Test func `a sink does not follow into indices by another key but loads anew`() async throws {
        let sample = try LiveSample(users: 4, items: 3)
        let server = try await ScriptedServer { request, _ in
            guard request.path.hasSuffix("/_alias") else { return .answer(500, "{}") }
            let indices = IndexKind.allCases.map {
                #""kindred-\#($0)-000001":{"aliases":{"kindred-\#($0)":{}}}"#
            }
            return .answer(200, "{\(indices.joined(separator: ","))}")
        }
        let configuration = try configuration(server.url, Self.pseudonyms)
        try sample.store.openSink(configuration.sinkName)
        _ = try sample.store.endLoad(of: configuration.sinkName, from: 0, run: 0)
        let sink = try ElasticsearchSink(
            configuration, store: sample.store, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { nil }
        let running = Task { await sink.run() }
        let end = ContinuousClock.now + .seconds(30)
        while !server.requests.contains(where: { $0.method == .PUT }), .now < end {
            try await Task.sleep(for: .milliseconds(10))
        }
        running.cancel()
        await running.value
        try await server.stop()
        #expect(server.requests.first { $0.method == .PUT }?.path == "/kindred-items-000002")
        #expect(server.bulks.isEmpty)
    }

    @Test func `an erasure asks each index by the name that the user has there`() async throws {
        let key = Self.pseudonyms.fingerprint
        let server = try await ScriptedServer { request, _ in
            if request.path.hasSuffix("/_alias") {
                return .answer(
                    200,
                    #"{"kindred-users-000001":{"aliases":{}},"kindred-users-000002":{"aliases":{"kindred-key-\#(key)":{}}}}"#
                )
            }
            return .answer(200, #"{"count":0}"#)
        }
        let plain = try configuration(server.url, nil)
        try await ElasticsearchClient.use(plain) { client in
            let erasure = ElasticsearchErasure(client, pseudonyms: [Self.pseudonyms])
            _ = try await erasure.erase("7", items: [], outputs: [])
        }
        let asked = server.requests.filter { $0.path.hasSuffix("/_count") }
        #expect(asked.map(\.path) == ["/kindred-users-000001/_count", "/kindred-users-000002/_count"])
        #expect(asked.first?.body.contains(#""user_id":"7""#) == true)
        #expect(asked.last?.body.contains(#""user_id":"\#(Self.seven)""#) == true)
        await #expect(throws: ElasticsearchError.otherPseudonyms(index: "kindred-users-000002", key: key)) {
            try await ElasticsearchClient.use(plain) { client in
                _ = try await ElasticsearchErasure(client).erase("7", items: [], outputs: [])
            }
        }
        try await server.stop()
    }

    @Test func `a place with a key is covered by who has the key`() async throws {
        let key = Self.pseudonyms.fingerprint
        let output = Output(
            kind: "index", place: Output.place("http://127.0.0.1:1/kindred-users", key: key), written: 0,
            holdsPeople: true)
        #expect(output.pseudonymKey == key && output.unkeyedPlace == "http://127.0.0.1:1/kindred-users")
        try await ElasticsearchClient.use(configuration("http://127.0.0.1:1", nil)) { client in
            #expect(ElasticsearchErasure(client, pseudonyms: [Self.pseudonyms]).covers(output))
            #expect(!ElasticsearchErasure(client).covers(output))
        }
        let file = Output(kind: "graph", place: "/exports/a#key-b.csv", written: 0, holdsPeople: true)
        #expect(file.pseudonymKey == nil && file.unkeyedPlace == file.place)
    }
}
