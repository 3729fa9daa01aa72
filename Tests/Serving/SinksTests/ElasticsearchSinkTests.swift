import Foundation
import Logging
import Ratings
import ServingSupport
import Sinks
import Store
import Synchronization
import Testing

/// What is kept in step with a store, against a server that answers as a closure says.
struct ElasticsearchSinkTests {
    /// A store that follows a server, whose indices have all that is there when a test begins.
    private struct Stage {
        let sample: LiveSample
        let server: ScriptedServer
        let sink: ElasticsearchSink

        var store: Store { sample.store }

        /// - Parameter isLoaded: false where a full load is the first thing that the sink does.
        init(
            outboxLimit: Int = 1_000, isLoaded: Bool = true,
            _ reply: @escaping @Sendable (ScriptedServer.Request) -> ScriptedServer.Reply
        ) async throws {
            sample = try LiveSample(users: 8, items: 5)
            server = try await ScriptedServer { request, _ in
                request.path.hasSuffix("/_alias") && isLoaded ? .answer(200, Self.aliases) : reply(request)
            }
            let configuration = try ElasticsearchConfiguration(url: server.url)
            if isLoaded {
                let number = try sample.store.outboxNumber()
                try sample.store.openSink(configuration.sinkName)
                _ = try sample.store.endLoad(of: configuration.sinkName, from: number, run: 0)
            }
            sink = try ElasticsearchSink(
                configuration, store: sample.store, outboxLimit: outboxLimit,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ) { nil }
        }

        private static let aliases =
            "{"
            + IndexKind.allCases.map { #""kindred-\#($0.rawValue)-000001":{"aliases":{"kindred-\#($0.rawValue)":{}}}"# }
            .joined(separator: ",") + "}"

        func rate(_ user: String, _ item: String, _ value: Float?, offset: Int64) throws {
            let change: StreamChange =
                value.map { .rate(RatingEvent(user: user, item: item, value: $0, time: 500)) }
                ?? .remove(user: user, item: item)
            let message = StreamBatch.Message(
                topic: "t", partition: 0, offset: offset, bytes: Data(), changes: [change])
            _ = try store.apply(StreamBatch(group: "g", messages: [message]), now: 600)
        }

        /// Runs the sink until a condition holds.
        func run(until condition: @escaping @Sendable () throws -> Bool) async throws {
            let running = Task { await sink.run() }
            defer { running.cancel() }
            let end = ContinuousClock.now + .seconds(30)
            while try !condition() {
                try #require(.now < end, "\(sink.status)")
                try await Task.sleep(for: .milliseconds(10))
            }
            running.cancel()
            await running.value
            try await server.stop()
        }
    }

    @Test func `a rating, its user and its item are written, and the outbox is empty then`() async throws {
        let stage = try await Stage { request in
            let actions = request.body.matches(of: /{"(index|delete)":{"_index"/).map(\.output.1)
            let items = actions.map { #"{"\#($0)":{"status":200}}"# }
            return .answer(200, #"{"errors":false,"items":[\#(items.joined(separator: ","))]}"#)
        }
        try stage.rate("new: 1", "3", 4.5, offset: 0)
        try stage.rate("2", "1", nil, offset: 1)
        let number = try stage.store.outboxNumber()
        try await stage.run { [stage] in
            stage.server.bulks.contains { $0.body.contains("kindred-items") } && stage.sink.status.entriesBehind == 0
        }
        let bodies = stage.server.bulks.map(\.body)
        let ratings = try #require(bodies.first { $0.contains("kindred-ratings") })
        #expect(ratings.contains(#""_id":"new%3A 1:3","version":\#(number - 1),"version_type":"external_gte"}}"#))
        #expect(ratings.contains(#""rating":4.5,"@timestamp":500,"arrived":600}"#))
        #expect(ratings.contains(#"{"delete":{"_index":"kindred-ratings","_id":"2:1","version":\#(number),"#))
        let users = try #require(bodies.first { $0.contains("kindred-users") })
        #expect(users.contains(#"{"user_id":"new: 1","ratings":1,"mean_rating":4.5}"#))
        let status = stage.sink.status
        #expect(status.documents[.ratings]?.done == 2 && status.documents[.items]?.done == 5)
        #expect(status.state == .stopped && status.rejected == 0 && status.secondsBehind == 0)
        #expect(try stage.store.outbox(after: 0, limit: 10).isEmpty)
    }

    @Test func `the ratings and the document of who withdraws from exports are removed`() async throws {
        let stage = try await Stage { .done($0) }
        try stage.store.decide(
            [
                ConsentDecision(
                    user: "2", kind: .consent(.export), isGranted: false, source: "test", time: 500)
            ], by: "test")
        let count = try #require(try stage.store.ratings(ofUser: "2")).count
        try await stage.run { [stage] in stage.sink.status.entriesBehind == 0 && !stage.server.bulks.isEmpty }
        let lines = stage.server.bulks.flatMap { $0.body.split(separator: "\n") }
        #expect(lines.count { $0.contains(#"{"delete":{"_index":"kindred-ratings","_id":"2:"#) } == count && count > 0)
        #expect(lines.contains { $0.contains(#"{"delete":{"_index":"kindred-users","_id":"2""#) })
        #expect(!lines.contains { $0.contains(#""user_id":"2""#) })
    }

    @Test func `what the server did not take stays, and is sent when it is back`() async throws {
        let isAway = Mutex(true)
        let stage = try await Stage { request in
            isAway.withLock { $0 } ? .breaks : .done(request)
        }
        try stage.rate("1", "3", 2, offset: 0)
        try await stage.run { [stage] in
            if stage.sink.status.state == .waiting {
                #expect(stage.sink.status.lastError?.contains(stage.server.url) == true, "\(stage.sink.status)")
                isAway.withLock { $0 = false }
            }
            return stage.sink.status.documents[.ratings]?.done == 1 && stage.sink.status.entriesBehind == 0
        }
        #expect(stage.sink.status.lastError == nil)
    }

    @Test func `an outbox beyond its limit is dropped`() async throws {
        let stage = try await Stage(outboxLimit: 1) { _ in .breaks }
        try stage.rate("1", "3", 2, offset: 0)
        try stage.rate("1", "4", 2, offset: 1)
        try await stage.run { [stage] in stage.sink.status.overflows == 1 }
        #expect(stage.sink.status.entriesBehind == nil)
        #expect(try stage.store.sink(ElasticsearchConfiguration(url: stage.server.url).sinkName) == nil)
        #expect(try stage.store.outbox(after: 0, limit: 10).isEmpty)
    }

    @Test func `a document that is refused is told and does not stop the others`() async throws {
        let stage = try await Stage { request in
            request.body.contains("kindred-ratings")
                ? .items(request.ids.map { $0 == "1:3" ? 400 : 201 }, type: "mapper_parsing_exception") : .done(request)
        }
        try stage.rate("1", "3", 2, offset: 0)
        try stage.rate("1", "4", 2, offset: 1)
        try await stage.run { [stage] in stage.sink.status.rejected == 1 && stage.sink.status.entriesBehind == 0 }
        #expect(stage.sink.status.documents[.ratings]?.done == 1)
        #expect(stage.sink.status.lastError?.contains("because") == true)
        let letters = try String(contentsOfFile: stage.store.path + ".rejected.jsonl", encoding: .utf8)
        #expect(letters.contains("mapper_parsing_exception") && letters.contains("1:3"))
    }

    @Test func `documents that a full load could not write are counted by their kind`() async throws {
        let written = Mutex<[Substring: Int]>([:])
        let stage = try await Stage(isLoaded: false) { request in
            guard request.isBulk else {
                let kind = request.path.firstMatch(of: /kindred-([a-z]+)-000001\/_count/)?.output.1
                return .answer(200, kind.map { "{\"count\":\(written.withLock { $0 }[$0] ?? 0)}" } ?? "{}")
            }
            // What follows the load would be counted beside it.
            guard request.body.contains("-loading") else { return .breaks }
            let kinds = request.body.matches(of: /"_index":"kindred-([a-z]+)/).map(\.output.1)
            let statuses = zip(kinds, request.ids).map { $0 == "items" && ["1", "3"].contains($1) ? 400 : 201 }
            written.withLock {
                for (kind, status) in zip(kinds, statuses) where status == 201 { $0[kind, default: 0] += 1 }
            }
            return .items(statuses)
        }
        try await stage.run { [stage] in stage.sink.status.documents[.items]?.rejected == 2 }
        let documents = stage.sink.status.documents
        #expect(documents[.items]?.done == 3 && documents[.users]?.done == 8)
        #expect(documents[.users]?.rejected == 0 && stage.sink.status.rejected == 2)
    }

    /// The documented number.
    @Test func `passes over the store take a twentieth of the time`() {
        #expect(ElasticsearchSink.pause(after: .milliseconds(100)) == .milliseconds(1_900))
        #expect(ElasticsearchSink.pause(after: .zero) == .seconds(1))
    }

    @Test func `a search gives ids in the order of the server`() async throws {
        let stage = try await Stage { request in
            #expect(request.path == "/kindred-items/_search" && request.body.contains(#""query":"toy \"s""#))
            return .answer(200, #"{"hits":{"hits":[{"_source":{"item_id":"9"}},{"_source":{"item_id":"1"}}]}}"#)
        }
        #expect(try await stage.sink.search("toy \"s", limit: 2) == ["9", "1"])
        try await stage.server.stop()
    }

    @Test func `a search that is not answered ends soon`() async throws {
        let stage = try await Stage { _ in .silence }
        let began = ContinuousClock.now
        await #expect(throws: ElasticsearchError.self) { try await stage.sink.search("toy", limit: 2) }
        // The client itself would wait for a minute.
        #expect(began.duration(to: .now) < .seconds(30))
        try await stage.server.stop()
    }
}
