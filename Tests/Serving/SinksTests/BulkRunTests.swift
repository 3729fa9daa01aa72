import Foundation
import NIOHTTP1
import Sinks
import TestSupport
import Testing

/// Bulks against a server that answers as real ones do on bad days.
struct BulkRunTests {
    private static func operations(_ count: Int) -> [BulkOperation] {
        (0..<count).map {
            BulkOperation(alias: "k-items", id: "\($0)", version: 7, document: Array("{\"item_id\":\"\($0)\"}".utf8))
        }
    }

    private static let quick: BulkSettings = {
        var settings = BulkSettings()
        settings.firstWait = .milliseconds(5)
        return settings
    }()

    /// Sends operations to a server that answers as a closure says.
    private func bulk(
        _ operations: [BulkOperation], _ settings: BulkSettings = quick, info: String = ScriptedServer.elasticsearch8,
        timeout: Double = 10, _ reply: @escaping @Sendable (ScriptedServer.Request, Int) -> ScriptedServer.Reply
    ) async throws -> (outcome: Result<BulkOutcome, any Error>, bulks: [ScriptedServer.Request]) {
        let server = try await ScriptedServer(info: info, reply)
        var configuration = try ElasticsearchConfiguration(url: server.url)
        configuration.timeout = timeout
        let outcome: Result<BulkOutcome, any Error>
        do {
            outcome = .success(
                try await ElasticsearchClient.use(configuration) { try await $0.bulk(operations, settings) })
        } catch { outcome = .failure(error) }
        try await server.stop()
        return (outcome, server.bulks)
    }

    @Test func `a body is compressed NDJSON with a break at its end`() async throws {
        let (outcome, bulks) = try await bulk(Self.operations(2)) { request, _ in .done(request) }
        #expect(try outcome.get().done == 2)
        let request = try #require(bulks.first)
        #expect(request.headers.first(name: "Content-Encoding") == "gzip")
        #expect(request.path.contains("require_alias=true"))
        #expect(
            request.body == """
                {"index":{"_index":"k-items","_id":"0","version":7,"version_type":"external_gte"}}
                {"item_id":"0"}
                {"index":{"_index":"k-items","_id":"1","version":7,"version_type":"external_gte"}}
                {"item_id":"1"}

                """)
    }

    @Test(arguments: [
        ("7.17.0", nil, "application/x-ndjson"),
        ("8.17.0", nil, "application/vnd.elasticsearch+x-ndjson;compatible-with=8"),
        ("9.1.0", nil, "application/vnd.elasticsearch+x-ndjson;compatible-with=8"),
        ("2.19.0", "opensearch", "application/x-ndjson"),
    ])
    func `media types are those of the server`(_ version: String, _ distribution: String?, _ type: String) async throws
    {
        let kind = distribution.map { ",\"distribution\":\"\($0)\"" } ?? ""
        let (_, bulks) = try await bulk(
            Self.operations(1), info: "{\"version\":{\"number\":\"\(version)\"\(kind)}}"
        ) { request, _ in .done(request) }
        #expect(bulks.first?.headers.first(name: "Content-Type") == type)
    }

    @Test func `items that a busy server refuses are sent again alone`() async throws {
        let (outcome, bulks) = try await bulk(Self.operations(5)) { request, number in
            number == 1 ? .items([201, 429, 201, 503, 409], type: "version_conflict_engine_exception") : .done(request)
        }
        #expect(bulks.map(\.ids) == [["0", "1", "2", "3", "4"], ["1", "3"]])
        let got = try outcome.get()
        #expect(got.done == 5 && got.retries == 2 && got.rejected.isEmpty)
    }

    @Test func `a body that is too large is halved, and a document that is too large is a dead letter`() async throws {
        let (outcome, bulks) = try await bulk(Self.operations(5)) { request, _ in
            request.ids.count > 2 || request.ids.contains("3") ? .answer(413, "") : .done(request)
        }
        #expect(bulks.map(\.ids.count) == [5, 2, 3, 1, 2, 1, 1])
        #expect(try outcome.get().done == 4)
        #expect(try outcome.get().rejected.map(\.status) == [413])
    }

    @Test func `what the server will never take is a dead letter with its reason`() async throws {
        let (outcome, _) = try await bulk(Self.operations(3)) { _, _ in
            .items([201, 400, 201], type: "strict_dynamic_mapping_exception")
        }
        let letter = try #require(try outcome.get().rejected.first)
        #expect(
            String(decoding: letter.line(at: 400), as: UTF8.self) == """
                {"rejected_at":400,"status":400,"type":"strict_dynamic_mapping_exception","reason":"because","action":\
                {"index":{"_index":"k-items","_id":"1","version":7,"version_type":"external_gte"}},\
                "document":{"item_id":"1"}}

                """)
    }

    @Test func `busy servers, broken connections, cut and foreign answers are asked again`() async throws {
        let (outcome, bulks) = try await bulk(Self.operations(2)) { request, number in
            switch number {
            case 1: .answer(503, "")
            case 2: .breaks
            case 3: .items([201])
            case 4: .answer(200, "<html>")
            case 5: .answer(429, "", headers: ["Retry-After": "0"])
            default: .done(request)
            }
        }
        #expect(bulks.count == 6)
        #expect(try outcome.get().done == 2)
    }

    @Test func `Retry-After is waited for`() async throws {
        let began = ContinuousClock.now
        let (outcome, _) = try await bulk(Self.operations(1)) { request, number in
            number == 1 ? .answer(429, "", headers: ["Retry-After": "1"]) : .done(request)
        }
        #expect(try outcome.get().done == 1)
        #expect(began.duration(to: .now) >= .seconds(1))
    }

    @Test func `an answer that does not come is not waited for`() async throws {
        let (outcome, bulks) = try await bulk(Self.operations(1), timeout: 0.3) { request, number in
            number == 1 ? .silence : .done(request)
        }
        #expect(bulks.count == 2)
        #expect(try outcome.get().done == 1)
    }

    @Test func `a slow server gets halves`() async throws {
        let text = String(repeating: "x", count: 60_000)
        let operations = (0..<4).map {
            BulkOperation(alias: "k", id: "\($0)", version: 1, document: Array("{\"title\":\"\(text)\"}".utf8))
        }
        let (outcome, bulks) = try await bulk(operations, timeout: 0.5) { request, _ in
            request.ids.count > 2 ? .silence : .done(request)
        }
        #expect(bulks.map(\.ids.count) == [4, 2, 2])
        #expect(try outcome.get().done == 4)
    }

    @Test func `attempts end where nothing is taken`() async throws {
        var settings = Self.quick
        settings.attempts = 3
        let (outcome, bulks) = try await bulk(Self.operations(2), settings) { _, _ in .items([429, 429]) }
        #expect(bulks.count == 3)
        let error = #expect(throws: ElasticsearchError.self) { try outcome.get() }
        #expect(error?.isTransient == true && error?.description.contains("because, 3 times") == true)
    }

    @Test func `what no document is to blame for ends a bulk`() async throws {
        let (denied, _) = try await bulk(Self.operations(1)) { _, _ in
            .answer(401, #"{"error":{"type":"security_exception","reason":"missing authentication credentials"}}"#)
        }
        let error = #expect(throws: ElasticsearchError.self) { try denied.get() }
        #expect(error?.description.contains("401 (missing authentication credentials)") == true)
        let (missing, _) = try await bulk(Self.operations(1)) { _, _ in
            .items([404], type: "index_not_found_exception")
        }
        #expect(throws: ElasticsearchError.missing(name: "that is written to")) { try missing.get() }
    }

    @Test func `cancelling ends a bulk that waits`() async throws {
        let server = try await ScriptedServer { _, _ in .answer(503, "") }
        let configuration = try ElasticsearchConfiguration(url: server.url)
        let task = Task {
            try await ElasticsearchClient.use(configuration) { try await $0.bulk(Self.operations(1)) }
        }
        while server.bulks.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
        let began = ContinuousClock.now
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(began.duration(to: .now) < .seconds(2))
        try await server.stop()
    }

    @Test func `bodies are of a size`() {
        var settings = BulkSettings()
        let operations = Self.operations(10)
        settings.bodyBytes = 3 * operations[0].lines.count
        #expect(settings.bodies(of: operations).map(\.count) == [3, 3, 3, 1])
        settings.bodyBytes = 1
        #expect(settings.bodies(of: operations).map(\.count) == Array(repeating: 1, count: 10))
        #expect(settings.bodies(of: []).isEmpty)
    }
}
