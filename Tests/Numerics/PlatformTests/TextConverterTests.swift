import Platform
import Testing

struct TextConverterTests {
    private struct Sample {
        let encoding: String
        let bytes: [UInt8]
        let text: String
    }

    private static let samples = [
        Sample(encoding: "SHIFT_JIS", bytes: [0x41, 0x8B, 0x4D, 0x92, 0xB7, 0xB1, 0x0A], text: "A貴長ｱ\n"),
        Sample(encoding: "WINDOWS-1252", bytes: [0x63, 0x61, 0x66, 0xE9, 0x20, 0x80, 0x0A], text: "café €\n"),
        Sample(encoding: "UTF-16LE", bytes: [0xFF, 0xFE, 0xE9, 0, 0x3D, 0xD8, 0x00, 0xDE], text: "é😀"),
        Sample(encoding: "UTF-16BE", bytes: [0xFE, 0xFF, 0, 0xE9, 0xD8, 0x3D, 0xDE, 0x00], text: "é😀"),
        Sample(encoding: "UTF-16", bytes: [0xFF, 0xFE, 0xE9, 0, 0x3D, 0xD8, 0x00, 0xDE], text: "é😀"),
        Sample(encoding: "UTF-16", bytes: [0xFE, 0xFF, 0, 0xE9, 0xD8, 0x3D, 0xDE, 0x00], text: "é😀"),
        Sample(encoding: "UTF-32LE", bytes: [0xE9, 0, 0, 0, 0x00, 0xF6, 0x01, 0], text: "é😀"),
        Sample(encoding: "UTF-32", bytes: [0, 0, 0xFE, 0xFF, 0, 0, 0, 0xE9, 0, 0x01, 0xF6, 0x00], text: "é😀"),
        Sample(encoding: "UTF-8", bytes: [0xEF, 0xBB, 0xBF, 0xC3, 0xA9, 0xEF, 0xBB, 0xBF], text: "é\u{FEFF}"),
        // Switches between character sets.
        Sample(encoding: "ISO-2022-JP", bytes: [0x1B, 0x24, 0x42, 0x35, 0x2E, 0x1B, 0x28, 0x42, 0x41], text: "貴A"),
        // Holds a character back until it knows whether an accent follows.
        Sample(encoding: "BIG5-HKSCS", bytes: [0x41, 0x88, 0x66], text: "AÊ"),
        Sample(encoding: "GB18030", bytes: [0x41, 0x81, 0x30, 0x81, 0x30], text: "A\u{80}"),
    ]

    private func convert(_ encoding: String, _ blocks: [[UInt8]]) throws -> String {
        let converter = try TextConverter(from: encoding)
        let output = try blocks.flatMap { try converter.convert($0) } + converter.finish()
        return try #require(String(validating: output, as: UTF8.self))
    }

    @Test func `each encoding, split anywhere, becomes UTF-8`() throws {
        for sample in Self.samples {
            for first in 0...sample.bytes.count {
                for second in first...sample.bytes.count {
                    let blocks = [
                        Array(sample.bytes[..<first]), Array(sample.bytes[first..<second]),
                        Array(sample.bytes[second...]),
                    ]
                    #expect(
                        try convert(sample.encoding, blocks).unicodeScalars.elementsEqual(sample.text.unicodeScalars),
                        "\(sample.encoding) \(first) \(second)")
                }
            }
            #expect(try convert(sample.encoding, sample.bytes.map { [$0] }) == sample.text)
        }
    }

    @Test func `text that grows much and text of many blocks`() throws {
        // Three bytes of UTF-8 for one.
        let euros = [UInt8](repeating: 0x80, count: 300_000)
        #expect(try convert("WINDOWS-1252", [euros, euros]) == String(repeating: "€", count: 600_000))
        let wide = Array(String(repeating: "é😀", count: 50_000).utf16).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let blocks = stride(from: 0, to: wide.count, by: 777).map { Array(wide[$0..<min($0 + 777, wide.count)]) }
        #expect(try convert("UTF-16LE", blocks) == String(repeating: "é😀", count: 50_000))
    }

    @Test func `invalid bytes are found at their place`() throws {
        for (encoding, bytes, place) in [
            ("SHIFT_JIS", [0x41, 0x8B, 0x4D, 0xFF, 0x41], 3), ("WINDOWS-1252", [0x41, 0x42, 0x81], 2),
            ("UTF-8", [0x41, 0xC3, 0x28], 1), ("UTF-16LE", [0x41, 0, 0x00, 0xDC, 0x41, 0], 2),
            ("ASCII", [0x41, 0xE9], 1),
        ] as [(String, [UInt8], Int)] {
            for split in 0...bytes.count {
                #expect(throws: TextError.invalid(byte: place, encoding: encoding), "\(encoding) \(split)") {
                    try convert(encoding, [Array(bytes[..<split]), Array(bytes[split...])])
                }
            }
        }
    }

    @Test func `text that ends inside a character is incomplete`() throws {
        for (encoding, bytes, place) in [
            ("SHIFT_JIS", [0x41, 0x8B], 1), ("UTF-16LE", [0x41, 0, 0x42], 2), ("UTF-16LE", [0x41, 0, 0x3D, 0xD8], 2),
            ("UTF-8", [0x41, 0xF0, 0x9F, 0x98], 1),
        ] as [(String, [UInt8], Int)] {
            #expect(throws: TextError.incomplete(byte: place, encoding: encoding), "\(encoding)") {
                try convert(encoding, bytes.map { [$0] })
            }
        }
    }

    @Test func `unknown encodings are refused`() throws {
        for name in ["", "no-such", "UTF-8//IGNORE", "ASCII//TRANSLIT", "UTF 8", "Ü"] {
            #expect(throws: TextError.unknownEncoding(name)) { try TextConverter(from: name) }
        }
        #expect(try convert("utf-8", []) == "")
    }
}
