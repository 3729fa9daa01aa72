/// A source of changes as people see it: what it is called, how it is, and how it is held and let go on.
public protocol StreamSource: Sendable {
    /// Such as `kafka` or `folder incoming`; one of a service.
    var name: String { get }
    var status: StreamStatus { get }
    /// Stops taking changes until `resume`; what was taken stays.
    func pause()
    func resume()
    /// Takes changes until the task is cancelled or, where that is asked, there are none left; then all that was taken is stored.
    func run() async throws
}

/// How a source is at a moment.
public struct StreamStatus: Sendable, Equatable {
    public enum State: String, Sendable, Codable { case starting, running, paused, waiting, failed, stopped }

    public var state = State.starting
    /// Messages or rows that were taken since the program started.
    public var taken = 0
    public var repeated = 0
    public var rejected = 0
    /// Messages or bytes that wait at the source; nil where it is not known.
    public var lag: Int?
    /// Taken per second over the last ten seconds.
    public var rate = 0.0
    /// Where the source was read up to, such as `ratings/0: 1234`, in the order of names.
    public var positions: [String: Int64] = [:]
    public var lastError: String?
    /// How often partitions were given to other consumers; 0 where there are none.
    public var rebalances = 0
    /// Files that were read; 0 where there are none.
    public var files = 0

    public init() {}
}
