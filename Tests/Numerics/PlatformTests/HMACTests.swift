import Foundation
import Platform
import Testing

struct HMACTests {
    /// RFC 4231, test cases 2 and 6, of which the second has a key longer than a block.
    @Test func `codes are those of the RFC`() {
        let short = hmacSHA256(Data("what do ya want for nothing?".utf8), key: Data("Jefe".utf8)).hexadecimal
        #expect(short == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = hmacSHA256(
            Data("Test Using Larger Than Block-Size Key - Hash Key First".utf8), key: Data(repeating: 0xAA, count: 131))
        #expect(long.hexadecimal == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    @Test func `bytes are found wherever they begin`() {
        let bytes = Data("abcabd".utf8)
        for word in ["a", "abd", "abcabd", "d", ""] { #expect(holds(bytes, Data(word.utf8)), "\(word)") }
        for word in ["abe", "da", "abcabda"] { #expect(!holds(bytes, Data(word.utf8)), "\(word)") }
        #expect(!holds(Data(), Data("a".utf8)))
    }
}
