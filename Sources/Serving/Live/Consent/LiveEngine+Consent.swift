import Ratings
public import Store
import Synchronization

extension LiveEngine {
    /// Stores decisions on the use of data. When this returns no answer uses the data of somebody who is withheld, but for what
    /// fitted models have learned of it; a refresh is due, which fits them without.
    ///
    /// - Parameter actor: who enters them, for the audit.
    public func decide(_ decisions: [ConsentDecision], by actor: String) throws {
        try requireClaim()
        try store.decide(decisions, by: actor)
        try followDecisions()
        liveGraph?.followNow()
    }

    /// Whether the data of a user may not be used.
    public func isWithheld(_ user: String, from purpose: Purpose) -> Bool {
        consent.withheld.contains(user, for: purpose)
    }

    /// Follows what was decided since the last call, by this program or another.
    ///
    /// - Returns: whether anything was.
    /// - Complexity: O(users) where anything was decided, and the ratings of those whom it concerns.
    @discardableResult
    public func followDecisions() throws -> Bool {
        guard try store.newestDecision() != consent.withheld.decision else { return false }
        let withheld = try store.withheldUsers()
        guard let before = consent.become(withheld) else { return false }
        let changed = try store.changedUsers().filter { user, _ in
            before.contains(user, for: .personalization) != withheld.contains(user, for: .personalization)
        }
        state.withLock { state in
            for (user, number) in changed {
                state.changed[ExactText(user)] = max(number, state.changed[ExactText(user)] ?? 0)
                state.decided = max(number, state.decided)
            }
        }
        if let graph = state.withLock({ $0.graph }) { catchUp(graph, changed) }
        try leaveOutWithheld()
        return true
    }

    /// Puts a snapshot without the ratings of those who are withheld in the place of one that has them.
    func leaveOutWithheld() throws {
        while let snapshot, let reduced = try snapshot.leavingOut(consent.withheld, configuration) {
            let isDone = state.withLock { state in
                guard state.snapshot === snapshot else { return false }
                state.snapshot = reduced
                return true
            }
            if isDone { return }
        }
    }
}
