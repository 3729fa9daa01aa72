import FileOutput
import Foundation

/// Finds an id in text that somebody else has written: a row that was rejected, a message, a line of a file.
///
/// The id counts where no letter, digit, `_`, `-` or `.` touches it: `12` is in `12,7,3`, `"user":"12"` and `12::7`, and is neither
/// in `112` nor in `1.12`. It may name something else there, as the item 12 or the rating 12; what is erased is then more than it
/// had to be.
package struct IDMention: Sendable {
    /// As it is, and as JSON, CSV and XML spell it.
    private let spellings: [[UInt8]]

    package init(_ id: String) {
        let json = String(id.jsonQuoted.dropFirst().dropLast())
        let csv = id.replacing("\"", with: "\"\"")
        spellings = Set([id, json, csv, xmlText(id)]).sorted().map { Array($0.utf8) }.filter { !$0.isEmpty }
    }

    package func isIn(_ text: String) -> Bool { isIn(Array(text.utf8)) }

    package func isIn(_ bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        return spellings.contains { Self.occurs($0, in: bytes) }
    }

    private static func occurs(_ word: [UInt8], in bytes: [UInt8]) -> Bool {
        var start = 0
        while start + word.count <= bytes.count {
            guard let found = bytes[start...].firstIndex(of: word[0]), found + word.count <= bytes.count else {
                return false
            }
            let end = found + word.count
            if bytes[found..<end].elementsEqual(word), found == 0 || !continues(bytes[found - 1]),
                end == bytes.count || !continues(bytes[end])
            {
                return true
            }
            start = found + 1
        }
        return false
    }

    /// Whether a byte belongs to a word or a number, or to a character beyond ASCII.
    private static func continues(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."), 0x80...:
            true
        default: false
        }
    }

    /// What may be an id in a row that somebody else has written, by the delimiters of the formats that are read.
    package static func words(_ text: String) -> Set<String> {
        Set(
            text.split { "\",;\t|{}[] \r\n".contains($0) }.flatMap {
                [String($0)] + $0.split(separator: ":").map(String.init)
            })
    }
}
