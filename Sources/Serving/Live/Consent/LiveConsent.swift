import Ratings
import Store
import Synchronization

/// Whose data may not be used, as the service knows it now.
final class LiveConsent: Sendable {
    private let newest: Mutex<WithheldUsers>

    init(_ withheld: WithheldUsers) { newest = Mutex(withheld) }

    var withheld: WithheldUsers { newest.withLock { $0 } }

    /// - Returns: what was known before; nil where that is as new.
    func become(_ withheld: WithheldUsers) -> WithheldUsers? {
        newest.withLock { newest in
            guard withheld.decision > newest.decision else { return nil }
            defer { newest = withheld }
            return newest
        }
    }
}

extension AppliedChanges {
    /// Without the ratings of users who are withheld from a purpose.
    func leavingOut(_ withheld: WithheldUsers, for purpose: Purpose) -> AppliedChanges {
        guard withheld.hasAny(for: purpose) else { return self }
        var applied = self
        applied.changes = changes.filter { !withheld.contains($0.user, for: purpose) }
        return applied
    }
}

extension MutableRatings {
    /// Follows a change of which nothing is learned.
    mutating func set(_ change: AppliedChanges.Change) {
        if let value = change.value {
            set(value, user: addUser(change.user), item: addItem(change.item))
        } else if let user = users.number(of: change.user), let item = items.number(of: change.item) {
            set(nil, user: user, item: item)
        }
    }
}
