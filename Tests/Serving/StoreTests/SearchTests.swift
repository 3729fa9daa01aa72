import Store
import TestSupport
import Testing

struct SearchTests {
    private let store: Store
    private let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        store = try Store(scratch.path("s.sqlite"), creates: true)
        let titles = [
            "1": "Star Wars (1977)", "2": "Amélie (2001)", "3": "Godfather, The (1972)",
            "4": "Godfather: Part II, The (1974)",
            "5": "Stargate (1994)", "6": "\"Quoted\" AND NOT (1999)", "7": "Good Will Hunting (1997)", "8": "千と千尋の神隠し",
        ]
        let ratings = titles.keys.sorted().flatMap { item in
            (0..<(item == "4" ? 9 : 3)).map { ("u\($0)", item, Float(4), Int64(1) as Int64?) }
        }
        _ = try store.importRatings(
            .rows(ratings, titles: titles, genres: ["1": ["Sci-Fi"], "5": ["Sci-Fi", "War"]]), now: now)
    }

    @Test(arguments: [
        ("star wars", ["1"]), ("STAR", ["1", "5"]), ("amelie", ["2"]), ("Amélie", ["2"]), ("godf", ["4", "3"]),
        ("the godfather part", ["4"]), ("sci", ["1", "5"]), ("stargte", ["5"]), ("godfahter", ["3", "4"]),
        ("huntng", ["7"]), ("千と千尋", ["8"]), ("1999", ["6"]),
    ])
    func `search handles words, prefixes, accents and typos`(_ query: String, _ expected: [String]) throws {
        let found = try store.search(query, limit: 5)
        #expect(Set(found).isSuperset(of: expected) && expected.contains(found.first ?? ""), "\(query): \(found)")
    }

    @Test(arguments: ["", "  ", "\"", "AND", "NOT (", "*", "title:star", "'; DROP TABLE items", "\0", "-", "NEAR(a b)"])
    func `search accepts any input`(_ query: String) throws { _ = try store.search(query, limit: 5) }

    @Test func `search respects its limit`() throws { #expect(try store.search("the", limit: 1).count == 1) }
}
