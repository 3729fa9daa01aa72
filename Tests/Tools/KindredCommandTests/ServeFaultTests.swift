import Foundation
import Synchronization
import TestSupport
import Testing

/// `kindred serve`, killed at twenty moments each: every acknowledged rating is there at the next start, once, and the store
/// holds together.
@Suite(.serialized)
struct ServeFaultTests {
    private let scratch: Scratch
    private var store: String { scratch.path("s.sqlite") }
    private static let moments = 20

    init() throws {
        scratch = try Scratch()
        #expect(try Program.run("import", sample, "--store", store, "--quiet").status == 0)
        // With a saved snapshot each start is quick.
        #expect(try Server(store).stop() == 0)
    }

    private func sql(_ query: String) throws -> [String] {
        let outcome = try Program.run("sql", store, query, "--format", "csv", "--row-limit", "10000000")
        #expect(outcome.status == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n").dropFirst().map(String.init)
    }

    private func expectWhole() throws {
        #expect(try sql("SELECT * FROM pragma_integrity_check") == ["ok"])
        #expect(try sql("SELECT user, item FROM ratings GROUP BY user, item HAVING count(*) > 1").isEmpty)
        #expect(try sql("SELECT * FROM pragma_foreign_key_check").isEmpty)
    }

    /// Each writer gives new users, so that every rating that was acknowledged can be told apart.
    @Test func `a kill under write load loses no acknowledged rating`() throws {
        let items = try sql("SELECT id FROM items LIMIT 5")
        let acknowledged = Mutex<Set<String>>([])
        for moment in 0..<Self.moments {
            let server = try Server(store)
            let before = acknowledged.withLock { $0.count }
            let writers = DispatchGroup()
            for writer in 0..<8 {
                DispatchQueue.global().async(group: writers) {
                    for number in 0... {
                        let (user, item) = ("\(moment)-\(writer)-\(number)", items[number % items.count])
                        let reply = try? server.post(
                            "/ratings", #"{"user_id":"\#(user)","item_id":"\#(item)","rating":3}"#)
                        guard reply?.status == 200 else { return }
                        acknowledged.withLock { _ = $0.insert("\(user),\(item)") }
                    }
                }
            }
            // Later each time.
            try wait(until: "ratings that are acknowledged") {
                acknowledged.withLock { $0.count } > before + 5 * moment
            }
            server.kill(SIGKILL)
            server.process.waitUntilExit()
            writers.wait()
            try expectWhole()
        }
        let kept = Set(
            try sql("SELECT users.id, items.id FROM ratings JOIN users USING (user) JOIN items USING (item)"))
        let lost = acknowledged.withLock { $0.subtracting(kept) }
        #expect(lost.isEmpty, "\(lost.count) acknowledged ratings are lost")
        #expect(acknowledged.withLock { $0.count } > Self.moments)
    }

    /// The snapshot is that of before or the new one, and answers either way. Each kill comes an event of the refresh later, the
    /// last of them while its result is saved.
    @Test func `a kill during a refresh leaves one whole snapshot`() throws {
        let eventCount = try eventsOfARefresh()
        for moment in 0..<Self.moments {
            let server = try Server(store)
            let listener = try EventListener(server)
            #expect(try server.post("/ratings", #"{"user_id":"r\#(moment)","item_id":"1","rating":5}"#).status == 200)
            #expect(try server.post("/admin/refresh", "").status == 202)
            let place = 1 + moment * eventCount / (Self.moments - 1)
            try wait(until: "event \(place) of the refresh") {
                let events = listener.events
                return events.count >= place || events.contains("saving")
            }
            server.kill(SIGKILL)
            server.process.waitUntilExit()
            try expectWhole()
            // The files are those of the newest run, and of no other.
            #expect(try sql("SELECT DISTINCT run FROM run_files") == sql("SELECT max(run) FROM runs"))
        }
        let server = try Server(store, waits: false)
        #expect(try server.get("/readyz").status == 200)
        for moment in 0..<Self.moments {
            let reply = try server.get("/users/r\(moment)")
            #expect(reply.status == 200, "\(String(decoding: reply.body, as: UTF8.self))")
            #expect(try server.get("/users/r\(moment)/recommendations").status == 200)
        }
        #expect(try sql("SELECT max(run) FROM runs") == ["\(server.run())"])
    }

    /// How many events a refresh has up to its saving.
    private func eventsOfARefresh() throws -> Int {
        let server = try Server(store)
        let listener = try EventListener(server)
        #expect(try server.post("/admin/refresh", "").status == 202)
        let count = try wait(for: "the saving of a refresh") { listener.events.firstIndex(of: "saving") }
        #expect(try server.stop() == 0)
        return count
    }
}
