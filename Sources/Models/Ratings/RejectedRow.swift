/// A skipped malformed row.
public struct RejectedRow: Sendable, Equatable {
    /// The line number, from 1.
    public let line: Int
    /// Why the row was rejected.
    public let reason: String
    /// The line's text, truncated to 1,000 bytes.
    public let text: String

    /// Creates a rejected row.
    public init(line: Int, reason: String, text: String) {
        self.line = line
        self.reason = reason
        self.text = text
    }
}
