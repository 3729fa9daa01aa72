import Foundation
import LinearAlgebra
import Sinks
import Testing

struct DocumentIDTests {
    @Test func `plain ids stay readable, colons are encoded`() {
        #expect(DocumentID.of("1", "242") == "1:242")
        #expect(DocumentID.of("a:b", "c") == "a%3Ab:c")
        #expect(DocumentID.of("a", "b:c") == "a:b%3Ac")
        #expect(DocumentID.of("a%3Ab", "c") == "a%253Ab:c")
    }

    /// Random pairs and triples over letters that matter: equal ids mean equal parts.
    @Test func `different parts have different ids`() {
        var generator = SeededGenerator(seed: 17)
        let letters = ["a", ":", "%", "3", "A", "2", "5", "ü", ""]
        func text() -> String {
            (0..<(1 + generator.next(below: 4))).map { _ in letters[generator.next(below: letters.count)] }.joined()
        }
        var known: [String: [String]] = [:]
        for _ in 0..<20_000 {
            let parts = generator.next(below: 2) == 0 ? [text(), text()] : [text(), text(), text()]
            let id = parts.count == 2 ? DocumentID.of(parts[0], parts[1]) : DocumentID.of(parts[0], parts[1], parts[2])
            #expect(known[id] == nil || known[id] == parts)
            known[id] = parts
        }
        #expect(known.count > 1_000)
    }

    @Test func `long ids are checksums`() {
        let long = String(repeating: "x", count: 300)
        #expect(DocumentID.of(long, long).utf8.count == 64)
        #expect(DocumentID.of(long, long + "y") != DocumentID.of(long + "y", long))
        #expect(DocumentID.of(long + long).hasPrefix("sha256:") && DocumentID.of(long) == long)
        #expect(DocumentID.of(String(repeating: "ü", count: 256)).utf8.count == 512)
    }
}
