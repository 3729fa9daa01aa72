/// Something that was done with the data of people, and who did it.
public struct AuditEntry: Sendable, Equatable {
    /// From 1, without gaps.
    public let entry: Int64
    /// Seconds since 1970.
    public let time: Int64
    /// The name of a key of the service, or `command line`.
    public let actor: String
    /// Such as `privacy.erase`, `keys.add` or `sql`.
    public let action: String
    /// Whom it is about: a keyed hash of the id, never the id.
    public let subject: String?
    /// What else belongs to it; no id of a user.
    public let detail: String

    /// Who acts on the command line.
    public static let commandLine = "command line"
}

/// Which entries are asked for.
public struct AuditQuery: Sendable {
    /// The id of a user.
    public var user: String?
    /// Seconds since 1970: entries from then on.
    public var since: Int64 = .min
    /// Newest first where it is true.
    public var isNewestFirst = false
    public var limit = Int.max
    public var offset = 0

    public init() {}
}
