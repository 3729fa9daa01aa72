import Ratings
import Testing

struct VocabularyTests {
    @Test func numbersSortAsNumbers() {
        let vocabulary = Vocabulary(["10", "9", "-3", "100", "9"])
        #expect((0..<vocabulary.count).map { vocabulary[$0] } == ["-3", "9", "10", "100"])
        #expect(vocabulary.isNumeric)
        #expect(vocabulary.index(of: "10") == 2)
        #expect(vocabulary.index(of: "11") == nil)
    }

    /// Each of these would not come back as it was if it were read as a number.
    @Test(arguments: ["007", "+5", "9223372036854775808", "1.0", "", "x"])
    func otherSpellingsAreText(_ id: String) {
        let vocabulary = Vocabulary(["10", "9", id])
        #expect(!vocabulary.isNumeric)
        #expect(vocabulary.index(of: id).map { vocabulary[$0] } == id)
        #expect(vocabulary.index(of: "9").map { vocabulary[$0] } == "9")
    }

    @Test func textSortsByBytes() {
        let vocabulary = Vocabulary(["b", "é", "a", "Z", "10", "9"])
        #expect((0..<vocabulary.count).map { vocabulary[$0] } == ["10", "9", "Z", "a", "b", "é"])
    }

    /// Swift's `==` takes them for the same; a file does not.
    @Test func differentlyComposedAccentsAreDifferentIDs() {
        let vocabulary = Vocabulary(["\u{E9}", "e\u{301}"])
        #expect(vocabulary.count == 2)
        #expect(vocabulary.index(of: "\u{E9}") != vocabulary.index(of: "e\u{301}"))
    }

    @Test func nearIDsComeNearestFirst() {
        #expect(Vocabulary(["1", "5", "7", "20", "21"]).idsNear("8", count: 3) == ["7", "5", "1"])
        #expect(Vocabulary(["1", "5", "7", "20", "21"]).idsNear("99", count: 2) == ["21", "20"])
        #expect(Vocabulary(["ann", "bob", "cyd"]).idsNear("bo", count: 2).contains("bob"))
        #expect(Vocabulary(["1", "2"]).idsNear("x", count: 5) == ["1", "2"])
    }
}
