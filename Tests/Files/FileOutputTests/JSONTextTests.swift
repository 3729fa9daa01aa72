import FileOutput
import Foundation
import Testing

struct JSONTextTests {
    /// The documented example.
    @Test func `quotes and line breaks are escaped`() { #expect("a\"b\n".jsonQuoted == #""a\"b\n""#) }

    /// Every scalar below 0x300, and some that lie further up.
    @Test func `any text survives`() throws {
        let scalars = Array(0..<0x300) + [0x2028, 0xD7FF, 0xE000, 0xFFFF, 0x1F600, 0x10FFFF]
        let text = String(String.UnicodeScalarView(scalars.compactMap(Unicode.Scalar.init)))
        let read = try JSONDecoder().decode([String].self, from: Data("[\(text.jsonQuoted)]".utf8))
        #expect(read.first.map { Array($0.utf8) } == Array(text.utf8))
    }
}
