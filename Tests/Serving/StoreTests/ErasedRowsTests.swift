import FileOutput
import Foundation
import GRDB
import Ratings
import ServingSupport
import Store
import TestSupport
import Testing

struct ErasedRowsTests {
    private let scratch: Scratch
    private let store: Store

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
        let rows = [
            ("marked", "a", Float(1), Int64(100)), ("marked", "a", 2, 200), ("marked", "alone", 3, 100),
            ("other", "a", 4, 100),
        ]
        _ = try store.importRatings(
            .rows(
                rows.map { ($0.0, $0.1, $0.2, $0.3) }, titles: ["a": "A"],
                malformed: [
                    RejectedRating(line: 9, reason: "no number", text: "marked,a,x"),
                    RejectedRating(line: 10, reason: "no number", text: "unmarked,a,x"),
                ]), now: now)
    }

    private func rows(_ sql: String) throws -> [String] { try ReadOnlyQuery.rows(sql, store.path) }

    @Test func `all rows of a user go, and those of others stay`() throws {
        let job = try #require(try store.beginErasure(of: "marked", now: now))
        #expect(job.step == .rows && job.items.sorted() == ["a", "alone"])
        #expect(job.done.rows == ["ratings": 2, "rating_history": 1, "users": 1, "rejected_rows": 1, "items": 1])
        #expect(try rows("SELECT id FROM users") == ["other"])
        #expect(try rows("SELECT * FROM rating_history").isEmpty)
        #expect(try rows("SELECT text FROM rejected_rows") == ["unmarked,a,x"])
        // Nobody else has rated the item, and no catalog names it.
        #expect(try rows("SELECT id FROM items") == ["a"])
        try store.verify()
    }

    @Test func `who is not there cannot be erased`() throws {
        #expect(try store.beginErasure(of: "nobody", now: now) == nil)
        #expect(try store.unfinishedErasures().isEmpty)
    }

    @Test func `an erased user is refused wherever ratings come from`() async throws {
        _ = try store.beginErasure(of: "marked", now: now)
        #expect(try store.isErased("marked"))
        #expect(try !store.isErased("other"))
        let event = RatingEvent(user: "marked", item: "a", value: 3, time: 300)
        #expect(try await store.apply([RatingSubmission(.rate([event]))], now: now) == [.erased])
        let message = StreamBatch.Message(
            topic: "ratings", partition: 0, offset: 0, bytes: Data("marked".utf8), changes: [.rate(event)])
        let broken = StreamBatch.Message(
            topic: "ratings", partition: 0, offset: 1, bytes: Data(#"{"user_id":"marked"}"#.utf8), changes: [],
            problem: "no rating")
        let outcome = try store.apply(StreamBatch(group: "g", messages: [message, broken]), now: now)
        #expect(outcome.applied.refused == 1 && outcome.rejected.isEmpty)
        #expect(try rows("SELECT id FROM users") == ["other"])
        #expect(try rows("SELECT * FROM rejected_messages").isEmpty)
    }

    @Test func `an import leaves the erased out, and takes them in again where it is told to`() throws {
        _ = try store.beginErasure(of: "marked", now: now)
        var source = ImportSource.rows([("marked", "a", 5, 400), ("third", "a", 5, 400)], checksum: "two")
        #expect(try store.importRatings(source, now: now).erased == 1)
        #expect(try rows("SELECT id FROM users ORDER BY id") == ["other", "third"])
        source.readmitsErased = true
        let report = try store.importRatings(source, now: now)
        #expect(!report.was_complete && report.erased == 0)
        #expect(try rows("SELECT id FROM users ORDER BY id") == ["marked", "other", "third"])
    }

    @Test func `a run that was computed with somebody who is gone is not kept`() throws {
        let ratings = try store.ratings(threads: 1).dataset.ratings
        var result = RunResult(users: ratings.users, items: ratings.items)
        result.communities = [0, 0]
        let run = StoredRun(
            kind: "refresh", started: now, seconds: 1, ratings: 3, options: "{}", version: "test", metrics: [])
        try store.save(run, result)
        _ = try store.beginErasure(of: "marked", now: now)
        #expect(try store.newestRun() == nil)
        #expect(throws: StoreError.self) { try store.save(run, result) }
    }

    // MARK: Receipts

    @Test func `a changed or missing receipt is found`() throws {
        for id in ["marked", "other"] {
            let job = try #require(try store.beginErasure(of: id, now: now))
            let receipt = try store.seal(job, now: now)
            #expect(!receipt.document.contains(id))
            try store.finish(job, now: now)
        }
        #expect(try store.receipts().map(\.number) == [1, 2])
        #expect(try store.unfinishedErasures().isEmpty)
        let file = try DatabaseQueue(path: store.path)
        let done = "SELECT count(*) FROM erasures WHERE id IS NULL AND items IS NULL"
        #expect(try file.read { try Int.fetchOne($0, sql: done) } == 2)
        try file.write { try $0.execute(sql: "UPDATE receipts SET document = '{}' WHERE receipt = 1") }
        #expect(throws: StoreError.self) { try store.receipts() }
        try file.write { try $0.execute(sql: "DELETE FROM receipts WHERE receipt = 1") }
        #expect(throws: StoreError.self) { try store.receipts() }
    }

    // MARK: Rectification

    @Test func `a corrected rating leaves no wrong one in the history`() throws {
        try store.rectify("marked", .rating(item: "a", value: 4), now: now)
        #expect(
            try rows("SELECT value, time FROM ratings JOIN items USING (item) WHERE id = 'a' AND user = 1") == [
                "4.0 200"
            ])
        #expect(try rows("SELECT * FROM rating_history").isEmpty)
        try store.verify()
        for wrong in [
            Rectification.rating(item: "a", value: 99), .rating(item: "b", value: 3),
            .attribute(name: "age", value: "3"),
        ] {
            #expect(throws: StoreError.self) { try store.rectify("marked", wrong, now: now) }
        }
    }

    // MARK: Access

    @Test func `what is held of a user names nobody else`() throws {
        let data = try #require(try store.personalData(of: "marked"))
        let tables = Dictionary(uniqueKeysWithValues: data.tables.map { ($0.name, $0.rows) })
        #expect(tables["ratings"]?.rows.count == 2 && tables["rating_history"]?.rows.count == 1)
        #expect(tables["rejected_rows"]?.rows.count == 1 && tables["imports"]?.rows.count == 1)
        let cells = data.tables.flatMap { $0.rows.rows.joined().map(\.plain) }
        #expect(!cells.contains { $0.contains("other") || $0.contains("unmarked") })
        #expect(try store.personalData(of: "nobody") == nil)
    }
}
