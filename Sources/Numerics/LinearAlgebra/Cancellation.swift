import Synchronization

/// A request to end a computation early.
///
/// The computation runs inside `cancellable`; its long loops read `current` when they start and look at it between tiles or
/// chunks of rows. Loops end early with unfinished data, and the public function around them throws the `cancelled` of its
/// errors instead of returning it. A computation that is not cancelled gives the same bytes with and without one.
public final class Cancellation: Sendable {
    /// That of the running computation; nil where nobody can cancel it.
    ///
    /// Threads of a parallel loop do not have it: loops read it before they start their threads.
    @TaskLocal public static var current: Cancellation?

    private let flag = Atomic(false)

    /// Creates a request that is not made yet.
    public init() {}

    /// Makes the request, from any thread; making it again changes nothing.
    public func request() { flag.store(true, ordering: .relaxed) }

    /// Whether the request was made.
    public var isRequested: Bool { flag.load(ordering: .relaxed) }

    /// Runs a computation that this request ends.
    public func cancellable<Result>(_ work: () throws -> Result) rethrows -> Result {
        try Self.$current.withValue(self, operation: work)
    }
}

extension Cancellation? {
    /// Whether there is a request, and it was made.
    public var isRequested: Bool { self?.isRequested ?? false }
}
