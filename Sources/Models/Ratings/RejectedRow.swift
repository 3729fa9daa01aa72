/// A row that was left out.
public struct RejectedRow: Sendable, Equatable {
    /// Counted from 1.
    public let line: Int
    public let reason: String
    /// The line as it stands, at most 1,000 bytes of it.
    public let text: String

    public init(line: Int, reason: String, text: String) {
        self.line = line
        self.reason = reason
        self.text = text
    }
}
