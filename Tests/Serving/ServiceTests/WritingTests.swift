import Engine
import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTesting
import Live
import NIOCore
import Ratings
import Service
import ServingSupport
import Store
import Synchronization
import Testing

extension RouteTests {
    struct `Ratings and runs` {
        private let service: TestService

        init() async throws { service = try await TestService() }

        private func rate(_ body: String, key: String? = nil) async throws -> Int {
            let headers: HTTPFields = key.map { [.idempotencyKey: $0] } ?? [:]
            return try await service.send(.post, "/ratings", body, as: .write, headers: headers).status.code
        }

        private func newest() async throws -> [String] {
            try await service.get("/ratings?count=2", as: .admin).list().map {
                "\($0["user_id"] ?? "") \($0["item_id"] ?? "")"
            }
        }

        @Test func `ratings are stored, listed and removed`() async throws {
            let batch = """
                {"ratings":[{"user_id":"a b","item_id":"1","rating":4,"timestamp":1700000000},
                {"user_id":"a b","item_id":"2","rating":2.5,"timestamp":1700000001}]}
                """
            #expect(try await rate(batch) == 200)
            #expect(try await newest() == ["a b 2", "a b 1"])
            #expect(try await service.get("/users/a%20b").json()["mean_rating"] as? Double == 3.25)
            #expect(try await service.send(.delete, "/ratings/a%20b/2", as: .write).status == .noContent)
            #expect(try await service.send(.delete, "/ratings/a%20b/2", as: .write).status == .notFound)
            #expect(try await newest().first == "a b 1")
        }

        @Test func `a batch with one wrong rating stores none`() async throws {
            let before = try service.sample.store.counts().ratings
            let batch =
                #"{"ratings":[{"user_id":"x","item_id":"1","rating":4},{"user_id":"x","item_id":"no","rating":4}]}"#
            #expect(try await rate(batch) == 422)
            #expect(try service.sample.store.counts().ratings == before)
        }

        @Test func `a repeated request is stored once, and another under its key is refused`() async throws {
            let rating = #"{"user_id":"x","item_id":"1","rating":4}"#
            #expect(try await rate(rating, key: "one") == 200)
            #expect(try await rate(rating, key: "one") == 200)
            #expect(try await rate(#"{"user_id":"x","item_id":"1","rating":1}"#, key: "one") == 409)
            #expect(try await rate(rating, key: "") == 400)
            #expect(try service.sample.store.ratings(ofUser: "x")?.map(\.event.value) == [4])
        }

        @Test func `a refresh is acknowledged, and the next run follows`() async throws {
            let events = service.live.events.listen()
            #expect(try await service.send(.post, "/admin/refresh", as: .admin).status == .accepted)
            for await case .refreshed(let run) in events {
                #expect(run == 2)
                break
            }
            let runs = try await service.get("/runs")
            #expect(try runs.list().values("run") == [2, 1] && runs.json()["total"] as? Int == 2)
            let summary = try await service.get("/summary").json()
            #expect((summary["snapshot"] as? [String: Any])?["run"] as? Int == 2)
            #expect(try summary["users"] as? Int == service.sample.store.counts().users)
        }

        @Test func `the comparison is that of the newest run, or not found`() async throws {
            let reply = try await service.get("/compare", as: .admin)
            #expect(reply.text == service.live.snapshot?.comparison)
            let bare = try await TestService(hasSnapshot: false)
            #expect(try await bare.get("/compare").status == .serviceUnavailable)
        }
    }

    struct `Questions in SQL` {
        private let service: TestService

        init() throws { service = try #require(TestService.shared) }

        private func ask(_ body: String) async throws -> [String: Any] {
            try await service.send(.post, "/admin/sql", body, as: .admin).json()
        }

        @Test func `an administrator asks in SQL, as far as limits go`() async throws {
            let reply = try await ask(#"{"sql":"SELECT 1 AS one, 'x' AS letter UNION SELECT 2, 'y'","row_limit":1}"#)
            #expect(reply["columns"] as? [String] == ["one", "letter"])
            #expect((reply["rows"] as? [[Any]])?.count == 1)
            let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
            let late = try await ask(#"{"sql":"\#(endless)","time_limit":0.05}"#)
            #expect(late["status"] as? Int == 422 && (late["detail"] as? String)?.contains("was ended") == true)
        }

        @Test func `15.7: a statement that goes on within one call of a function is ended`() async throws {
            let zeros = "hex(zeroblob(500000))"
            let reply = try await ask(
                #"{"sql":"SELECT instr(\#(zeros), substr(\#(zeros), 1, 500000) || '1')","time_limit":0.5}"#)
            #expect(reply["status"] as? Int == 422 && (reply["detail"] as? String)?.contains("was ended") == true)
        }

        @Test func `15.7: a statement that takes too much memory is refused`() async throws {
            let columns = Array(repeating: "randomblob(1000000)", count: 190).joined(separator: ",")
            let reply = try await ask(#"{"sql":"SELECT \#(columns)","time_limit":10}"#)
            #expect(reply["status"] as? Int == 422)
            #expect((reply["detail"] as? String)?.contains("more memory than it may have") == true)
        }

        @Test(arguments: AnalyticsView.all.map(\.name))
        func `every view is listed and answers in both formats`(_ name: String) async throws {
            #expect(try await service.get("/analytics").list().values("name").contains(name))
            let table = try await service.send(.get, "/analytics/\(name)?limit=3&newest=true", as: .admin).json()
            let columns = try #require(table["columns"] as? [String])
            let csv = try await service.send(.get, "/analytics/\(name)?limit=3&format=csv", as: .admin)
            #expect(csv.headers[.contentType] == "text/csv; charset=utf-8")
            #expect(csv.text.hasPrefix(columns.joined(separator: ",")))
        }
    }

    struct Events {
        /// Reads frames as they are written, and ends with the first of a name.
        private struct Reader: ResponseBodyWriter {
            let name: String
            let onListening: @Sendable () async throws -> Void

            struct Found: Error { let frame: String }

            func write(_ buffer: ByteBuffer) async throws {
                let frame = String(buffer: buffer)
                if frame == ": heartbeat\n\n" { try await onListening() }
                if frame.hasPrefix("event: \(name)\n") { throw Found(frame: frame) }
            }

            func finish(_ trailingHeaders: HTTPFields?) {}
        }

        @Test func `ratings reach those who listen`() async throws {
            let service = try await TestService()
            let response = try await service.open("/events", as: .admin)
            #expect(response.headers[.contentType] == "text/event-stream")
            let found = await #expect(throws: Reader.Found.self) {
                try await response.body.write(
                    Reader(name: "ratings") {
                        let rating = #"{"user_id":"x","item_id":"7","rating":4}"#
                        _ = try await service.send(.post, "/ratings", rating, as: .write)
                    })
            }
            #expect(found?.frame.contains(#""title":"Film 7","user_id":"x""#) == true, "\(found?.frame ?? "")")
        }

        @Test func `a refresh reaches those who listen`() async throws {
            let service = try await TestService()
            let found = await #expect(throws: Reader.Found.self) {
                try await service.open("/events").body.write(
                    Reader(name: "refresh") {
                        _ = try await service.send(.post, "/admin/refresh", as: .admin)
                    })
            }
            #expect(found?.frame == "event: refresh\ndata: {\"run\":2}\n\n")
        }

        /// Begins to read when it is told to, and keeps what comes.
        private final class Sleeper: ResponseBodyWriter, Sendable {
            private let (gate, opening) = AsyncStream<Void>.makeStream()
            private let text = Mutex("")

            var frames: [Substring] { text.withLock { $0.split(separator: "\n\n").map { Substring($0) } } }

            func wake() { opening.finish() }

            func write(_ buffer: ByteBuffer) async throws {
                for await _ in gate {}
                text.withLock { $0 += String(buffer: buffer) }
            }

            func finish(_ trailingHeaders: HTTPFields?) {}
        }

        @Test func `15.6: a listener that never reads is dropped with a last event`() async throws {
            let service = try await TestService()
            let sleeper = Sleeper()
            let stream = try await service.open("/events").body
            let listening = Task { try await stream.write(sleeper) }
            let ratings = (0..<100).map { #"{"user_id":"\#($0)","item_id":"7","rating":4}"# }.joined(separator: ",")
            for _ in 0..<600 {
                _ = try await service.send(.post, "/ratings", #"{"ratings":[\#(ratings)]}"#, as: .write)
                if try await service.get("/metrics").text.contains("kindred_event_listeners_dropped_total 1") { break }
            }
            sleeper.wake()
            try await listening.value
            let frames = sleeper.frames
            #expect(frames.last == "retry: 5000\nevent: dropped\ndata: {\"reason\":\"slow\"}")
            #expect(frames.count < 520 && frames.reduce(0) { $0 + $1.utf8.count } < 1_100_000)
        }

        @Test(.timeLimit(.minutes(1))) func `15.6: the stream of a key that was removed ends with a last event`()
            async throws
        {
            let service = try await TestService()
            let sleeper = Sleeper()
            sleeper.wake()
            let stream = try await service.open("/events").body
            let listening = Task { try await stream.write(sleeper) }
            try service.sample.store.removeKey(named: "read")
            try await listening.value
            #expect(sleeper.frames.last == "retry: 5000\nevent: dropped\ndata: {\"reason\":\"key\"}")
        }
    }
}
