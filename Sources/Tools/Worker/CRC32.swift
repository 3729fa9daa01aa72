internal import LinearAlgebra

/// The CRC-32 of IEEE 802.3, as zlib computes it, eight bytes a step.
///
/// The checksum of `123456789` is 0xCBF43926. Written here since a library for it would be one more to ship with the worker.
///
/// Source: Kounavis & Berry 2005, "A Systematic Approach to Building High Performance Software-Based CRC Generators".
public enum CRC32 {
    /// Table k, from 256·k on, has the checksum of each byte followed by k zeros.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var remainder = UInt32(byte)
            for _ in 0..<8 { remainder = remainder & 1 == 1 ? (remainder >> 1) ^ 0xEDB8_8320 : remainder >> 1 }
            tables[byte] = remainder
        }
        for index in 256..<8 * 256 {
            let before = tables[index - 256]
            tables[index] = (before >> 8) ^ tables[Int(before & 255)]
        }
        return tables
    }()

    /// The checksum of bytes that follow others.
    ///
    /// - Parameter previous: the checksum of those before.
    /// - Complexity: O(bytes), more than a gigabyte per second.
    public static func checksum(_ bytes: Span<UInt8>, after previous: UInt32 = 0) -> UInt32 {
        let tables = tables.span
        // Tells the compiler that no index below is out of bounds.
        precondition(tables.count == 8 * 256, "eight tables")
        var remainder = ~previous
        var index = 0
        while index + 8 <= bytes.count {
            let word = bytes.word(at: index) ^ UInt64(remainder)
            let low =
                tables[Int(word & 255) + 7 * 256] ^ tables[Int(word >> 8 & 255) + 6 * 256]
                ^ tables[Int(word >> 16 & 255) + 5 * 256] ^ tables[Int(word >> 24 & 255) + 4 * 256]
            let high =
                tables[Int(word >> 32 & 255) + 3 * 256] ^ tables[Int(word >> 40 & 255) + 2 * 256]
                ^ tables[Int(word >> 48 & 255) + 256] ^ tables[Int(word >> 56)]
            remainder = low ^ high
            index += 8
        }
        while index < bytes.count {
            remainder = (remainder >> 8) ^ tables[Int((remainder ^ UInt32(bytes[index])) & 255)]
            index += 1
        }
        return ~remainder
    }
}
