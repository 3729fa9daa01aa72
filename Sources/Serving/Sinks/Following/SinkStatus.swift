/// How a sink is at a moment.
public struct SinkStatus: Sendable, Equatable {
    /// `loading` while all is written anew, `running` while it follows the store, `waiting` until a server that failed is asked
    /// again.
    public enum State: String, Sendable, Codable { case starting, loading, running, waiting, stopped }

    /// Documents that were sent since the program started.
    public struct Documents: Sendable, Equatable {
        /// Written or removed, or newer in the index already.
        public var done = 0
        /// Dead letters: those that the server does not take however often it is asked.
        public var rejected = 0

        public init() {}
    }

    public var state = State.starting
    /// Entries of the outbox that the sink does not have; nil where it needs a full load first.
    public var entriesBehind: Int?
    /// Since the oldest of them was made; nil where it needs a full load first.
    public var secondsBehind: Int?
    public var documents: [IndexKind: Documents] = [:]
    /// Requests and documents that were sent again.
    public var retries = 0
    /// Full loads that have ended since the program started.
    public var loads = 0
    /// How often the outbox grew beyond its limit and was dropped.
    public var overflows = 0
    /// The newest run whose results it has; 0 for none.
    public var run: Int64 = 0
    public var lastError: String?

    public init() {}

    /// All dead letters.
    public var rejected: Int { documents.values.reduce(0) { $0 + $1.rejected } }
}
