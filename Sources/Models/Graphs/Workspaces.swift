import LinearAlgebra
import Synchronization

/// A pool of workspaces that outlives a parallel loop, with one per concurrent thread.
final class Workspaces<Workspace: Sendable>: Sendable {
    private let make: @Sendable () -> Workspace
    private let idle = Mutex<[Workspace]>([])

    init(make: @escaping @Sendable () -> Workspace) { self.make = make }

    /// Lends a workspace, which must be returned clean.
    func withOne<Result>(_ body: (inout Workspace) -> Result) -> Result {
        var own = idle.withLock { $0.popLast() } ?? make()
        defer { idle.withLock { $0.append(own) } }
        return body(&own)
    }
}

/// Splits `0 ..< count` into at most 256 ranges of about equal length, enough to balance threads and independent of
/// their number.
func chunked(_ count: Int) -> [Range<Int>] {
    let size = max(64, (count + 255) / 256)
    return Parallel.ranges(count, of: size)
}
