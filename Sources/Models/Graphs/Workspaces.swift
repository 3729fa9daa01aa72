import LinearAlgebra
import Synchronization

/// Workspaces that outlive a parallel loop: as many are made as threads ask at once.
final class Workspaces<Workspace: Sendable>: Sendable {
    private let make: @Sendable () -> Workspace
    private let idle = Mutex<[Workspace]>([])

    init(make: @escaping @Sendable () -> Workspace) { self.make = make }

    /// Lends a workspace; it has to come back as clean as it went.
    func withOne<Result>(_ body: (inout Workspace) -> Result) -> Result {
        var own = idle.withLock { $0.popLast() } ?? make()
        defer { idle.withLock { $0.append(own) } }
        return body(&own)
    }
}

/// Divides `0 ..< count` into at most 256 ranges of about one length, enough to balance threads; how many threads there are
/// never shows.
func chunked(_ count: Int) -> [Range<Int>] {
    let size = max(64, (count + 255) / 256)
    return Parallel.ranges(count, of: size)
}
