import Governance
import Ratings
public import Store
import Synchronization

/// What users may ask of a store that is being served.
extension LiveEngine {
    /// Removes everything that the store holds of a user. From when this returns, nobody is answered with them by the graph that
    /// follows the ratings; models follow with the next refresh.
    ///
    /// - Parameter actor: the name of the key that asks.
    /// - Returns: what is left to be done, by `Erasure.complete`.
    /// - Throws: `GovernanceError.unknownUser`, `StoreError`.
    public func beginErasure(of user: String, by actor: String) throws -> ErasureJob {
        try requireClaim()
        let job = try Erasure(store, vacuums: false).begin(user, by: actor)
        if try store.newestRatings(limit: 1).isEmpty {
            // No refresh comes of nothing.
            state.withLock { state in
                (state.snapshot, state.graph, state.erased) = (nil, nil, [])
            }
        }
        return job
    }

    /// Corrects a rating or an attribute.
    ///
    /// - Throws: `StoreError.refused` where there is nothing to correct.
    public func rectify(_ user: String, _ correction: Rectification, by actor: String, now: Int64) throws {
        try requireClaim()
        try store.rectify(user, correction, now: now)
        try store.audit("privacy.rectify", by: actor, about: user)
    }

    /// Whether the snapshot was computed with somebody who was erased since.
    public var holdsErased: Bool { state.withLock { !$0.erased.isEmpty } }

    /// Whether a user was erased since the snapshot was computed.
    public func isErased(_ user: String) -> Bool { state.withLock { $0.erased.contains(ExactText(user)) } }

    /// How many were erased since the snapshot was computed.
    public var erasedCount: Int { state.withLock { $0.erased.count } }
}
