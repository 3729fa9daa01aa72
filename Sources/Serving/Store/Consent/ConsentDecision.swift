/// What a user has decided on the use of their data.
public struct ConsentDecision: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// Consent to a purpose is given or withdrawn (Art. 6 (1) a and 7 GDPR).
        case consent(Purpose)
        /// The user objects to a purpose, or no longer does (Art. 21).
        case objection(Purpose)
        /// The data is kept and used for nothing (Art. 18), or may be used again.
        case restriction
    }

    /// The id of the user.
    public var user: String
    public var kind: Kind
    /// Whether the data may be used: false for a consent withdrawn, an objection and a restriction.
    public var isGranted: Bool
    /// Where the decision comes from, such as `form 3`.
    public var source: String
    /// When it was made, in seconds since 1970. Of two decisions of a kind and purpose the later counts, and of two at once the
    /// one that was stored last.
    public var time: Int64

    public init(user: String, kind: Kind, isGranted: Bool, source: String, time: Int64) {
        self.user = user
        self.kind = kind
        self.isGranted = isGranted
        self.source = source
        self.time = time
    }
}

extension ConsentDecision.Kind {
    /// The kind and purpose as the store has them.
    var columns: (kind: String, purpose: String) {
        switch self {
        case .consent(let purpose): ("consent", purpose.rawValue)
        case .objection(let purpose): ("objection", purpose.rawValue)
        case .restriction: ("restriction", "")
        }
    }

    init?(kind: String, purpose: String) {
        switch (kind, Purpose(rawValue: purpose)) {
        case ("consent", let purpose?): self = .consent(purpose)
        case ("objection", let purpose?): self = .objection(purpose)
        case ("restriction", _): self = .restriction
        default: return nil
        }
    }
}

/// What holds for users who have not decided on a purpose.
public enum ConsentPolicy: String, Sendable, CaseIterable {
    /// Their data is used until they withdraw.
    case granted
    /// Their data is not used until they consent.
    case denied
}

/// How the data of a user may be used, and what that follows from.
public struct ConsentState: Sendable, Equatable {
    public struct Entry: Sendable, Equatable {
        public let purpose: Purpose
        /// Whether the data counts for it, by all that was decided.
        public let isUsed: Bool
        /// The user's consent; nil where the policy of the store stands for it.
        public let consent: ConsentDecision?
        public let hasObjection: Bool
    }

    /// One for each purpose, in their order.
    public let entries: [Entry]
    public let isRestricted: Bool
    /// All decisions, oldest first.
    public let history: [ConsentDecision]

    /// - Parameter decisions: of one user, in the order in which they were stored.
    init(_ decisions: [ConsentDecision], _ policy: ConsentPolicy) {
        let history = decisions.enumerated().sorted { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
            .map(\.element)
        func newest(_ kind: ConsentDecision.Kind) -> ConsentDecision? { history.last { $0.kind == kind } }
        let isRestricted = newest(.restriction)?.isGranted == false
        entries = Purpose.allCases.map { purpose in
            let consent = newest(.consent(purpose))
            let hasObjection = newest(.objection(purpose))?.isGranted == false
            let isGranted = consent?.isGranted ?? (policy == .granted)
            return Entry(
                purpose: purpose, isUsed: isGranted && !hasObjection && !isRestricted, consent: consent,
                hasObjection: hasObjection)
        }
        self.isRestricted = isRestricted
        self.history = history
    }

    /// The purposes that the data may not be used for.
    var withheld: [Purpose] { entries.filter { !$0.isUsed }.map(\.purpose) }
}
