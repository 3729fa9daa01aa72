import Ratings
import Testing

struct VocabularyTests {
    @Test func `numeric IDs sort as numbers`() {
        let vocabulary = Vocabulary(["10", "9", "-3", "100", "9"])
        #expect((0..<vocabulary.count).map { vocabulary[$0] } == ["-3", "9", "10", "100"])
        #expect(vocabulary.isNumeric)
        #expect(vocabulary.index(of: "10") == 2)
        #expect(vocabulary.index(of: "11") == nil)
    }

    @Test(arguments: [0, 1, 12])
    func `numbered IDs are those of a range`(_ count: Int) {
        #expect(Vocabulary(numbered: count) == Vocabulary((0..<count).map(String.init)))
    }

    /// None of these would survive a round trip through a number.
    @Test(arguments: ["007", "+5", "9223372036854775808", "1.0", "", "x"])
    func `non-canonical numbers are kept as text`(_ id: String) {
        let vocabulary = Vocabulary(["10", "9", id])
        #expect(!vocabulary.isNumeric)
        #expect(vocabulary.index(of: id).map { vocabulary[$0] } == id)
        #expect(vocabulary.index(of: "9").map { vocabulary[$0] } == "9")
    }

    @Test func `text IDs sort by bytes`() {
        let vocabulary = Vocabulary(["b", "é", "a", "Z", "10", "9"])
        #expect((0..<vocabulary.count).map { vocabulary[$0] } == ["10", "9", "Z", "a", "b", "é"])
    }

    /// Swift's `==` treats them as equal; a file does not.
    @Test func `differently composed accents are different IDs`() {
        let vocabulary = Vocabulary(["\u{E9}", "e\u{301}"])
        #expect(vocabulary.count == 2)
        #expect(vocabulary.index(of: "\u{E9}") != vocabulary.index(of: "e\u{301}"))
    }

    @Test func `suggested IDs are ordered by distance`() {
        #expect(Vocabulary(["1", "5", "7", "20", "21"]).idsNear("8", count: 3) == ["7", "5", "1"])
        #expect(Vocabulary(["1", "5", "7", "20", "21"]).idsNear("99", count: 2) == ["21", "20"])
        #expect(Vocabulary(["ann", "bob", "cyd"]).idsNear("bo", count: 2).contains("bob"))
        #expect(Vocabulary(["1", "2"]).idsNear("x", count: 5) == ["1", "2"])
    }
}
