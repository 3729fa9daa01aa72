import Foundation
import Ratings
import ServingSupport
import Store
import TestSupport
import Testing

struct RatingSubmissionTests {
    private let scratch: Scratch
    private let store: Store

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
        _ = try store.importRatings(.rows([("u", "a", 1, 100), ("v", "b", 2, 100)]), now: now)
    }

    private func ratings() throws -> [String] {
        try ReadOnlyQuery.rows(
            """
            SELECT users.id, items.id, value, time FROM ratings JOIN users USING (user) JOIN items USING (item)
            ORDER BY users.id, items.id
            """, scratch.path("s.sqlite"))
    }

    private func rate(_ user: String, _ item: String, _ value: Float, _ time: Int64) -> RatingSubmission.Change {
        .rate([RatingEvent(user: user, item: item, value: value, time: time)])
    }

    @Test func `submissions replace, add and remove ratings`() async throws {
        let outcomes = try await store.apply(
            [
                RatingSubmission(rate("u", "a", 5, 200)), RatingSubmission(rate("new", "b", 3, 200)),
                RatingSubmission(.remove(user: "v", item: "b")), RatingSubmission(.remove(user: "v", item: "a")),
                RatingSubmission(rate("u", "a", 2, 150)),
            ], now: now)
        #expect(outcomes == [.done, .done, .done, .noRating, .done])
        #expect(try ratings() == ["new b 3.0 200", "u a 2.0 150"])
        #expect(
            try ReadOnlyQuery.rows("SELECT value, time FROM rating_history ORDER BY time, value", store.path)
                == ["1.0 100", "2.0 100", "5.0 200"])
    }

    /// With a clock that was set back, or a time in the future before it, a rating would be acknowledged and not count.
    @Test("15.12: what comes in later counts, whatever its time; an import goes by the times")
    func arrivalOrder() async throws {
        let batch = [(5, 900), (3, 50), (4, 40)].map { RatingEvent(user: "u", item: "a", value: $0.0, time: $0.1) }
        #expect(try await store.apply([RatingSubmission(.rate(batch))], now: now) == [.done])
        #expect(try ratings().first == "u a 4.0 40")
        #expect(
            try ReadOnlyQuery.rows("SELECT value, time FROM rating_history ORDER BY time", store.path)
                == ["3.0 50", "1.0 100", "5.0 900"])
        _ = try store.importRatings(.rows([("u", "a", 2, 30)], checksum: "two"), now: now)
        #expect(try ratings().first == "u a 4.0 40")
        _ = try store.importRatings(.rows([("u", "a", 1.5, 60)], checksum: "three"), now: now)
        #expect(try ratings().first == "u a 1.5 60")
    }

    @Test func `batch with an unknown item changes nothing`() async throws {
        let events = [
            RatingEvent(user: "u", item: "a", value: 4, time: 300),
            RatingEvent(user: "u", item: "?", value: 4, time: 300),
        ]
        #expect(try await store.apply([RatingSubmission(.rate(events))], now: now) == [.unknownItems(["?"])])
        #expect(try ratings() == ["u a 1.0 100", "v b 2.0 100"])
    }

    @Test func `idempotency key is used once`() async throws {
        func submit(_ value: Float, _ digest: String) async throws -> [RatingSubmission.Outcome] {
            try await store.apply(
                [RatingSubmission(rate("u", "a", value, 300), key: "k", digest: Data(digest.utf8))], now: now)
        }
        #expect(try await submit(4, "x") == [.done])
        #expect(try await submit(4, "x") == [.repeated])
        #expect(try await submit(5, "y") == [.keyInUse])
        #expect(try ratings().first == "u a 4.0 300")
    }

    @Test func `newest run replaces the stored result`() throws {
        for (number, community) in [(1, 4), (2, 7)] {
            var result = RunResult(users: Vocabulary(["u", "v"]), items: Vocabulary(["a", "b"]))
            result.neighbors = [(0, 1, 1, 0.5, 3)]
            result.communities = [community, 1]
            result.recommendations = [
                .init(user: 0, model: "als", place: 1, item: 1, predictedRating: 4.5, score: nil)
            ]
            result.files = [("model", Data([UInt8(number)]))]
            let run = StoredRun(
                kind: "refresh", started: now + Int64(number), seconds: 0.1, ratings: 2, options: "{}", version: "1",
                metrics: [.init(model: "als", metric: "rmse", value: 0.9 / Double(number))])
            #expect(try store.save(run, result).number == Int64(number))
        }
        let newest = try #require(try store.newestRun())
        #expect(
            newest.run.number == 2 && newest.run.metrics.map(\.value) == [0.45] && newest.files["model"] == Data([2]))
        #expect(try ReadOnlyQuery.rows("SELECT community FROM communities", store.path) == ["7", "1"])
        #expect(try ReadOnlyQuery.rows("SELECT place, similarity, support FROM neighbors", store.path) == ["1 0.5 3"])
        let kept = try store.recommendations(of: newest.run, limit: 9, offset: 0).rows
        #expect(kept.map(\.item) == ["b"] && kept[0].predictedRating == 4.5 && kept[0].score == nil)
        #expect(try store.runs(limit: 10, offset: 0).runs.map { $0.metrics[0].value } == [0.45, 0.9])
        try store.verify()
    }
}
