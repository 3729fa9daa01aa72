import GRDB
import Synchronization

/// Who is told of each commit that changes ratings, in the order of the commits.
final class ChangeFollowers: Sendable {
    private let follower = Mutex<(@Sendable (AppliedChanges) -> Void)?>(nil)

    func set(_ follower: (@Sendable (AppliedChanges) -> Void)?) { self.follower.withLock { $0 = follower } }

    /// Tells it once the transaction under way is on the disk; not at all where it is rolled back.
    func tell(_ applied: AppliedChanges, after database: Database) {
        guard !applied.isEmpty else { return }
        database.afterNextTransaction(onCommit: { [self] _ in follower.withLock { $0 }?(applied) })
    }
}

extension Store {
    /// Tells somebody what each commit of this process has changed of ratings and facts: one after another, in the order of the
    /// commits, from the thread that writes, which waits meanwhile. Whole imports are not told.
    ///
    /// - Parameter follower: nil for nobody; it takes the place of the one before.
    public func follow(_ follower: (@Sendable (AppliedChanges) -> Void)?) { followers.set(follower) }
}
