import LinearAlgebra
import Testing
import Worker

struct CRC32Tests {
    /// The last two by Python's zlib.
    @Test(
        arguments: [
            ("", 0), ("123456789", 0xCBF4_3926), ("a", 0xE8B7_BE43),
            ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
        ] as [(String, UInt32)])
    func `known checksums`(text: String, checksum: UInt32) {
        #expect(CRC32.checksum(Array(text.utf8).span) == checksum)
    }

    /// Bit by bit: the definition.
    private func slow(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var remainder = UInt32.max
        for byte in bytes {
            remainder ^= UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? (remainder >> 1) ^ 0xEDB8_8320 : remainder >> 1 }
        }
        return ~remainder
    }

    @Test func `every length and every split as by the definition`() {
        var generator = SeededGenerator(seed: 1)
        let bytes = (0..<100).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
        for end in 0...bytes.count {
            let expected = slow(bytes[..<end])
            #expect(CRC32.checksum(Array(bytes[..<end]).span) == expected)
            let split = end / 3
            let first = CRC32.checksum(Array(bytes[..<split]).span)
            #expect(CRC32.checksum(Array(bytes[split..<end]).span, after: first) == expected)
        }
    }
}
