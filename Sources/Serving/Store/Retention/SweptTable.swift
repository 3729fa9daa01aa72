/// A table whose rows go after a time.
public enum SweptTable: String, Sendable, CaseIterable {
    case rejectedRows = "rejected_rows"
    case rejectedMessages = "rejected_messages"
    case streamErrors = "stream_errors"
    case idempotencyKeys = "idempotency_keys"
    case ratingHistory = "rating_history"

    /// What tells one row from the others.
    var key: String {
        switch self {
        case .rejectedRows: "import, line"
        case .rejectedMessages: "topic, partition, offset"
        case .streamErrors: "minute, model, users"
        case .idempotencyKeys: "key"
        case .ratingHistory: "rowid"
        }
    }

    /// Since when a row is there, in seconds since 1970; rows without a time stay.
    var time: String {
        switch self {
        case .rejectedRows: "(SELECT started FROM imports WHERE imports.import = rejected_rows.import)"
        case .rejectedMessages: "arrived"
        case .streamErrors: "minute"
        case .idempotencyKeys: "created"
        // When a rating was replaced is not kept, so this is when it was given.
        case .ratingHistory: "time"
        }
    }
}
