import Ratings

/// Whose data each purpose may not use, at one moment.
public struct WithheldUsers: Sendable {
    /// The number of the newest decision that is in it; 0 where nobody has decided anything.
    public let decision: Int64
    private let policy: ConsentPolicy
    /// Of each purpose the users of whom not the policy holds.
    private let exceptions: [Purpose: Set<ExactText>]

    /// Nobody is withheld.
    public init() {
        decision = 0
        policy = .granted
        exceptions = [:]
    }

    init(decision: Int64, policy: ConsentPolicy, ids: [Purpose: [String]]) {
        self.decision = decision
        self.policy = policy
        exceptions = ids.mapValues { Set($0.map(ExactText.init)) }
    }

    /// Whether anybody may be withheld from a purpose.
    public func hasAny(for purpose: Purpose) -> Bool {
        policy == .denied || exceptions[purpose]?.isEmpty == false
    }

    /// Whether the data of a user may not be used for one of some purposes.
    public func contains(_ user: String, forAnyOf purposes: [Purpose]) -> Bool {
        purposes.contains { contains(user, for: $0) }
    }

    /// Whether the data of a user may not be used, also of one who is not known yet.
    public func contains(_ user: String, for purpose: Purpose) -> Bool {
        (exceptions[purpose]?.contains(ExactText(user)) ?? false) == (policy == .granted)
    }
}
