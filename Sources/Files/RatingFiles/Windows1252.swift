/// The encoding that ids turn out to be in.
enum TextEncoding: Int, Comparable {
    case utf8, windows1252, unknown

    static func < (left: TextEncoding, right: TextEncoding) -> Bool { left.rawValue < right.rawValue }
}

/// Windows-1252, what text that is not UTF-8 usually is: Latin-1 with letters and quotation marks where that has control
/// characters. 0x93 is “.
enum Windows1252 {
    /// The characters of 0x80 to 0x9F; 0 where there is none.
    private static let extra: [UInt32] = [
        0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
        0,
        0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E,
        0x0178,
    ]

    /// Whether every byte is a character.
    static func holds(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { !(0x80...0x9F).contains($0) || extra[Int($0) - 0x80] != 0 }
    }

    /// The text of bytes; U+FFFD for those that are no character.
    static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text = String.UnicodeScalarView()
        for byte in bytes {
            let isExtra = (0x80...0x9F).contains(byte)
            let value = isExtra ? extra[Int(byte) - 0x80] : UInt32(byte)
            text.append(value == 0 && isExtra ? "\u{FFFD}" : Unicode.Scalar(value) ?? "\u{FFFD}")
        }
        return String(text)
    }
}
