import Foundation
import Privacy
import Testing

struct PseudonymizerTests {
    private let key = Pseudonymizer.Key(Data(repeating: 0x0b, count: 32))

    /// By Python: `hmac.new(b"\x0b" * 32, b"7", "sha256").hexdigest()[:32]`.
    @Test func `a pseudonym is the first half of a keyed hash`() throws {
        let pseudonymizer = Pseudonymizer([try #require(key)])
        #expect(pseudonymizer.pseudonym(of: "7") == "47f72ae6d61f38e4453a01c469cc109c")
        #expect(pseudonymizer.fingerprints == ["5c6f18d0cc2951fd"])
    }

    @Test func `each key is applied to what the one before has made`() throws {
        let first = try #require(key)
        let second = try #require(Pseudonymizer.Key(Data(repeating: 1, count: 40)))
        let names = Pseudonymizer([first, second]).pseudonyms(of: "7")
        #expect(names.count == 2 && names[0] == Pseudonymizer([first]).pseudonym(of: "7"))
        #expect(names[1] == Pseudonymizer([second]).pseudonym(of: names[0]))
        #expect(Pseudonymizer([second, first]).pseudonym(of: "7") != names[1])
    }

    @Test func `a short key is none`() {
        #expect(Pseudonymizer.Key(Data(repeating: 1, count: 31)) == nil)
    }

    @Test func `only what has its form can be a pseudonym`() throws {
        #expect(Pseudonymizer.isPseudonym(Pseudonymizer([try #require(key)]).pseudonym(of: "é")))
        for other in ["7", String(repeating: "A", count: 32), String(repeating: "a", count: 33)] {
            #expect(!Pseudonymizer.isPseudonym(other))
        }
    }
}
