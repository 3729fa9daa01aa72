import Foundation
import NIOHTTP1
import Sinks
import Store
import Synchronization
import TestSupport
import Testing

/// What a load asks of a server, with a store of nothing: the kinds are made, counted and swapped all the same.
struct IndexLoaderTests {
    private let scratch: Scratch
    private let store: Store

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
    }

    /// - Parameters:
    ///   - count: of the documents in each index, as the server says.
    ///   - swap: what it answers to `_aliases`.
    /// - Returns: requests as `PUT /kindred-items-000001`.
    private func load(
        _ kinds: Set<IndexKind>, count: Int = 0, swap: ScriptedServer.Reply = .answer(200, "{}")
    ) async throws -> (result: Result<IndexLoader.Summary, any Error>, requests: [String]) {
        let server = try await ScriptedServer { request, number in
            switch request.path {
            case "/kindred-*/_alias" where number == 1: .answer(200, "{}")
            case "/kindred-*/_alias":
                .answer(200, #"{"kindred-items-000001":{"aliases":{"kindred-items-000001-loading":{}}}}"#)
            case "/_aliases": swap
            case let path where path.hasSuffix("_count"): .answer(200, "{\"count\":\(count)}")
            default: .answer(200, #"{"acknowledged":true}"#)
            }
        }
        let configuration = try ElasticsearchConfiguration(url: server.url)
        let result: Result<IndexLoader.Summary, any Error>
        do {
            result = .success(
                try await ElasticsearchClient.use(configuration) { client in
                    try await IndexLoader(client).loadSink(kinds, store, nil)
                })
        } catch { result = .failure(error) }
        try await server.stop()
        return (result, server.requests.map { "\($0.method) \($0.path)" })
    }

    @Test func `an index with another number of documents is removed, and no alias changes`() async throws {
        let (result, requests) = try await load([.items], count: 5)
        #expect(
            throws: ElasticsearchError.incomplete(index: "kindred-items-000001", documents: 5, expected: 0)
        ) { try result.get() }
        #expect(requests.last == "DELETE /kindred-items-000001")
        #expect(!requests.contains("POST /_aliases"))
    }

    @Test func `aliases that the server does not change leave nothing behind`() async throws {
        let (result, requests) = try await load([.items], swap: .answer(400, #"{"error":{"type":"t","reason":"r"}}"#))
        #expect(throws: ElasticsearchError.self) { try result.get() }
        #expect(requests.last == "DELETE /kindred-items-000001")
    }

    /// As when a service starts while `kindred index` loads, or two of these run at once.
    @Test func `a load whose hold on the outbox was let go has the sink loaded anew`() async throws {
        let store = store
        let sink = Mutex("")
        let server = try await ScriptedServer { request, _ in
            // Another program lets go what it did not make.
            if request.path == "/_aliases" { sink.withLock { try? store.closeSinks(except: $0) } }
            return request.path.hasSuffix("_count") ? .answer(200, #"{"count":0}"#) : .answer(200, "{}")
        }
        let configuration = try ElasticsearchConfiguration(url: server.url)
        sink.withLock { $0 = configuration.sinkName }
        try store.openSink(configuration.sinkName)
        await #expect(throws: ElasticsearchError.overtaken(prefix: "kindred")) {
            try await ElasticsearchClient.use(configuration) { client in
                _ = try await IndexLoader(client).loadSink([.items], store, nil)
            }
        }
        try await server.stop()
        #expect(server.requests.contains { $0.path == "/_aliases" })
        #expect(try store.sink(configuration.sinkName) == nil && store.sink(configuration.loadingName) == nil)
    }

    @Test func `a swap whose answer was lost is not made again`() async throws {
        let server = try await ScriptedServer { request, number in
            switch request.path {
            case "/_aliases": .breaks
            case "/kindred-*/_alias" where number > 7:
                .answer(200, #"{"kindred-items-000001":{"aliases":{"kindred-items":{}}}}"#)
            case let path where path.hasSuffix("_count"): .answer(200, #"{"count":0}"#)
            default: .answer(200, "{}")
            }
        }
        let store = store
        let summary = try await ElasticsearchClient.use(ElasticsearchConfiguration(url: server.url)) { client in
            try await IndexLoader(client).load([.items], store, nil, from: 0)
        }
        try await server.stop()
        #expect(summary.indices.map(\.index) == ["kindred-items-000001"] && summary.rejected == 0)
        #expect(
            server.requests.map { "\($0.method) \($0.path)" } == [
                "GET /kindred-*/_alias", "PUT /kindred-items-000001", "POST /kindred-items-000001/_refresh",
                "GET /kindred-items-000001/_count", "PUT /kindred-items-000001/_settings",
                "GET /kindred-*/_alias", "POST /_aliases", "GET /kindred-*/_alias",
            ])
    }
}
