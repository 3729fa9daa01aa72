import GRDB
import LinearAlgebra
import Ratings
import ServingSupport
import Store
import TestSupport
import Testing

struct ConsentTests {
    private let scratch: Scratch
    private let store: Store
    private var path: String { scratch.path("s.sqlite") }

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
        _ = try store.importRatings(
            .rows([("u", "a", 1, 100), ("u", "b", 2, 110), ("v", "a", 3, 200), ("w", "c", 4, 300)]), now: now)
    }

    private func decide(
        _ user: String, _ kind: ConsentDecision.Kind, _ isGranted: Bool, at time: Int64 = now
    ) throws {
        try store.decide(
            [ConsentDecision(user: user, kind: kind, isGranted: isGranted, source: "test", time: time)], by: "test")
    }

    private func used(_ user: String) throws -> [Purpose] {
        try #require(try store.consent(of: user)).entries.filter(\.isUsed).map(\.purpose)
    }

    private func users(_ purposes: [Purpose]) throws -> [String] {
        let users = try store.ratings(threads: 1, for: purposes).dataset.ratings.users
        return (0..<users.count).map { users[$0] }
    }

    @Test func `ratings count for each purpose apart`() throws {
        try decide("u", .consent(.personalization), false)
        try decide("v", .consent(.export), false)
        #expect(try users([.personalization]) == ["v", "w"])
        #expect(try users([.export]) == ["u", "w"])
        #expect(try users([.personalization, .export]) == ["w"])
        #expect(try users([.analytics]) == ["u", "v", "w"])
        #expect(try used("u") == [.analytics, .export, .streamLearning])
        #expect(try store.withheldCounts() == [.personalization: 1, .export: 1])
    }

    @Test func `a data set without a user is that of a store which never had them`() throws {
        let other = try Store(scratch.path("other.sqlite"), creates: true)
        _ = try other.importRatings(.rows([("v", "a", 3, 200), ("w", "c", 4, 300)]), now: now)
        try decide("u", .consent(.personalization), false)
        let (left, never) = (try store.ratings(threads: 1).dataset, try other.ratings(threads: 1).dataset)
        #expect(left.ratings.users == never.ratings.users && left.ratings.items == never.ratings.items)
        #expect(left.ratings.byUser.values == never.ratings.byUser.values)
        #expect(left.ratings.timestamps == never.ratings.timestamps)
        try decide("u", .consent(.personalization), true, at: now + 1)
        #expect(try store.ratings(threads: 1).dataset.ratings.count == 4)
    }

    @Test func `the later of two decisions counts, whichever is stored first`() throws {
        try decide("u", .consent(.export), false, at: now)
        try decide("u", .consent(.export), true, at: now - 10)
        #expect(try !used("u").contains(.export))
        try decide("u", .consent(.export), true, at: now)
        #expect(try used("u").contains(.export))
        #expect(try store.consent(of: "u")?.history.map(\.time) == [now - 10, now, now])
    }

    @Test func `a restriction withholds all, and consent holds again when it is lifted`() throws {
        try decide("u", .consent(.analytics), false)
        try decide("u", .restriction, false)
        #expect(try used("u").isEmpty && store.consent(of: "u")?.isRestricted == true)
        try decide("u", .restriction, true, at: now + 1)
        #expect(try used("u") == [.personalization, .export, .streamLearning])
    }

    @Test func `an objection stands beside consent`() throws {
        try decide("u", .objection(.analytics), false)
        try decide("u", .consent(.analytics), true, at: now + 1)
        #expect(try !used("u").contains(.analytics))
        try decide("u", .objection(.analytics), true, at: now + 2)
        #expect(try used("u").contains(.analytics))
    }

    @Test func `where the default is denied, users come in withheld`() async throws {
        try store.set(.denied, source: "test", by: "test", now: now)
        #expect(throws: StoreError.self) { try store.ratings(threads: 1) }
        try decide("v", .consent(.personalization), true)
        let event = RatingEvent(user: "new", item: "a", value: 5, time: now)
        _ = try await store.apply([RatingSubmission(.rate([event]))], now: now)
        #expect(try used("new").isEmpty && users([.personalization]) == ["v"])
        let withheld = try store.withheldUsers()
        #expect(withheld.contains("new", for: .export) && withheld.contains("nobody", for: .personalization))
        #expect(!withheld.contains("v", for: .personalization))
        try store.set(.granted, source: "test", by: "test", now: now)
        #expect(try users([.personalization]) == ["new", "u", "v", "w"])
        #expect(try store.ratings(ofUser: "new", for: .analytics)?.count == 1)
    }

    @Test func `consent may come before the first rating`() throws {
        try decide("later", .consent(.personalization), false)
        #expect(try store.ratings(ofUser: "later", for: .personalization)?.isEmpty == true)
        #expect(try store.consent(of: "unknown") == nil)
    }

    @Test func `statistics leave out who is withheld from analytics`() throws {
        try decide("u", .consent(.analytics), false)
        #expect(try ReadOnlyQuery.rows("SELECT id, ratings FROM active_users", path) == ["v 1", "w 1"])
        #expect(try ReadOnlyQuery.rows("SELECT sum(ratings) FROM rating_distribution", path) == ["2"])
        #expect(try ReadOnlyQuery.rows("SELECT sum(ratings) FROM ratings_per_day", path) == ["2"])
        #expect(try store.counts() == (2, 3, 2))
        #expect(try store.newestRatings(limit: 9).map(\.event.user) == ["w", "v"])
        #expect(try store.topItems(since: 0, limit: 9).map(\.ratings) == [1, 1])
        // Each of them, in all stores.
        for view in AnalyticsView.all {
            let sql = try ReadOnlyQuery.rows("SELECT sql FROM sqlite_master WHERE name = '\(view.name)'", path)[0]
            #expect(!sql.contains(/FROM ratings\b(?!_for)/), "\(view.name)")
        }
    }

    /// Sinks remove what is gone, and get it again.
    @Test func `a decision on exports goes into the outbox`() throws {
        try store.openSink("s")
        try decide("u", .consent(.export), false)
        var entries = try store.outbox(after: 0, limit: 10)
        #expect(entries.map(\.item) == ["a", "b"] && entries.allSatisfy { $0.user == "u" && $0.rating == nil })
        #expect(try store.userRecords(of: ["u", "v"]).map(\.id) == ["v"])
        #expect(try store.ratingRecords(after: nil, limit: 9).records.map(\.user) == ["v", "w"])
        #expect(try store.itemRecords().map(\.ratings) == [1, 0, 1])
        try decide("u", .consent(.export), true, at: now + 1)
        entries = try store.outbox(after: 0, limit: 10)
        #expect(entries.compactMap(\.rating?.value) == [1, 2])
    }

    @Test func `a decision that changes nothing is kept and has nobody read again`() throws {
        try decide("u", .consent(.personalization), true)
        #expect(try store.changedUsers().isEmpty && store.newestDecision() == 1)
        try decide("u", .consent(.personalization), false)
        #expect(try store.changedUsers().map(\.user) == ["u"])
        try decide("u", .restriction, false)
        #expect(try store.changedUsers().map(\.number) == [1])
    }
}
