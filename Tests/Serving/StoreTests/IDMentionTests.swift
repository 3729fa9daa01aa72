import Store
import Testing

struct IDMentionTests {
    @Test(arguments: ["12,7,3", #"{"user":"12"}"#, "12::7::3", "7\t12\t3", "12", "(12)"])
    func `an id is found where it stands alone`(_ text: String) { #expect(IDMention("12").isIn(text)) }

    @Test(arguments: ["112", "1.12", "12a", "12-3", "12.5", "é12", "_12", ""])
    func `an id is not found within a word or a number`(_ text: String) { #expect(!IDMention("12").isIn(text)) }

    @Test func `an id is found as other formats spell it`() {
        #expect(IDMention("a\"b").isIn(#"{"user":"a\"b"}"#))
        #expect(IDMention("a\"b").isIn("\"a\"\"b\",7"))
        #expect(IDMention("a&b").isIn("<user id='a&amp;b'/>"))
    }

    @Test func `words of a row are its fields`() {
        #expect(IDMention.words("12::7,\"a b\"").isSuperset(of: ["12", "7", "a", "b"]))
    }
}
