import FileOutput
import Ratings
import ServingSupport
import Store
import TestSupport
import Testing

/// A store takes no more of people than is declared or asked for.
struct MinimisationTests {
    private let scratch: Scratch
    private let store: Store

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
    }

    @Test func `ages become groups`() {
        let facts = UserFacts(id: "u", attributes: ["age": "24", "Gender": "F", "zip": "85711", "name": "Ann"])
        #expect(
            Minimisation().reduced(.user(facts))
                == .user(UserFacts(id: "u", attributes: ["age": "18–24", "Gender": "F"])))
        #expect(
            Minimisation(keeping: ["ZIP"]).reduced(.user(facts))
                == .user(UserFacts(id: "u", attributes: ["age": "18–24", "Gender": "F", "zip": "85711"])))
        // What is no age says nothing.
        let odd = UserFacts(id: "u", attributes: ["age": "born 1990-04-02"])
        #expect(Minimisation().reduced(.user(odd)) == .user(UserFacts(id: "u")))
    }

    /// 90,061 s is a second past 01:01 on 2 January 1970.
    @Test(arguments: zip(Minimisation.TimePrecision.allCases, [90_061, 90_060, 90_000, 86_400] as [Int64]))
    func `times are kept as exactly as asked for`(_ precision: Minimisation.TimePrecision, _ expected: Int64) throws {
        let event = RatingEvent(user: "u", item: "a", value: 3, time: 90_061)
        #expect(
            Minimisation(timePrecision: precision).reduced(.rate(event))
                == .rate(RatingEvent(user: "u", item: "a", value: 3, time: expected)))
        var source = ImportSource.rows([("u", "a", 3, 90_061)])
        source.timePrecision = precision
        _ = try store.importRatings(source, now: now)
        #expect(try ReadOnlyQuery.rows("SELECT time FROM ratings", store.path) == ["\(expected)"])
    }

    /// Both are of one day, and the later one stands first in the file.
    @Test func `the latest of several ratings counts where times no longer tell`() throws {
        var source = ImportSource.rows([("u", "a", 5, 90_000), ("v", "a", 1, 86_401), ("u", "a", 2, 86_500)])
        source.timePrecision = .day
        #expect(try store.importRatings(source, now: now).duplicates == 1)
        #expect(
            try ReadOnlyQuery.rows("SELECT value, time FROM ratings ORDER BY user", store.path)
                == ["5.0 86400", "1.0 86400"])
        #expect(try ReadOnlyQuery.rows("SELECT value, time FROM rating_history", store.path) == ["2.0 86400"])
    }
}
