import FileOutput
import Foundation
import Testing

struct ForeignJSONTests {
    /// Swift 6.3's own decoder stops the program at 513 open brackets.
    @Test("15.5: deeply nested JSON is refused, wherever it ends", arguments: [65, 512, 513, 514, 100_000])
    func nesting(_ depth: Int) {
        for opening in ["[", "{\"\":", "[{\"a\":"] {
            let data = Data(String(repeating: opening, count: depth).utf8)
            #expect(throws: DecodingError.self) { try ForeignJSON.decode([[Int]].self, from: data) }
            #expect(throws: DecodingError.self) {
                try ForeignJSON.decode([[Int]].self, from: data + Data(repeating: 0x5D, count: depth))
            }
        }
    }

    @Test func `brackets in texts are text`() throws {
        let texts = [String(repeating: "[{", count: 200), "\\\"[", "]]"]
        let data = try JSONEncoder().encode(texts)
        #expect(try ForeignJSON.decode([String].self, from: data) == texts)
    }

    @Test func `other encodings are refused`() throws {
        let data = try #require("[\"\u{2200}\"]".data(using: .utf16LittleEndian))
        #expect(throws: DecodingError.self) { try ForeignJSON.decode([String].self, from: data) }
    }
}
