import Platform
import Ratings
import Store
import Synchronization

extension LiveEngine {
    /// Whether another service writes the store, so that this one only reads.
    public var isFollower: Bool { state.withLock { $0.isFollower } }

    /// Takes the store for this service to write, unless another has it.
    ///
    /// - Returns: whether this service writes it.
    /// - Throws: `StoreError` where the folder of the store cannot be written.
    @discardableResult
    public func claim() throws -> Bool {
        if state.withLock({ $0.claim != nil }) { return true }
        let claim = try store.claim()
        state.withLock { state in
            state.claim = claim
            state.isFollower = claim == nil
        }
        return claim != nil
    }

    /// Leaves the store to another service.
    public func release() {
        state.withLock { $0.claim = nil }
    }

    func requireClaim() throws {
        if isFollower { throw StoreError.served(path: store.path) }
    }

    /// Takes over what the service that writes the store has computed and stored since.
    public func follow() throws {
        let changed = try store.changedUsers()
        if try store.newestRunNumber() != snapshot?.run.number,
            let newer = try SavedSnapshot.read(from: store, configuration)
        {
            install(newer, try FollowingGraph(newer, configuration, store, consent), 0)
            try leaveOutWithheld()
        }
        state.withLock { state in
            state.changed = Dictionary(changed.map { (ExactText($0.user), $0.number) }) { max($0, $1) }
        }
        if let graph = state.withLock({ $0.graph }) {
            let known = graph.live.moment.number
            catchUp(graph, changed.filter { $0.number > known })
        }
    }
}
