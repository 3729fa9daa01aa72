/// Text that equals only text of the same bytes, as SQLite and files compare IDs.
///
/// To Swift's `String`, `é` and `e` with a combining accent are equal. IDs that differ by that alone are two IDs, so no
/// dictionary or set of IDs has `String` for its key.
public struct ExactText: Hashable, Sendable {
    /// The text.
    public let text: String

    /// Creates a key.
    public init(_ text: String) { self.text = text }

    /// Whether the bytes are equal.
    public static func == (a: ExactText, b: ExactText) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        for byte in text.utf8 { hasher.combine(byte) }
        hasher.combine(0xFF as UInt8)
    }
}
