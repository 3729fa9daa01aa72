public import Store

/// What data is used for. The first four are those that people consent to (`Purpose`).
public enum ProcessingPurpose: String, Sendable, CaseIterable, Codable {
    case personalization
    case analytics
    case export
    case streamLearning = "stream-learning"
    /// That the service answers, keeps up, and can be repaired.
    case operation
    /// Who may do what, and that nobody else does.
    case security
    /// To show what was done with data, when and by whom.
    case accountability

    public init(_ purpose: Purpose) {
        self =
            switch purpose {
            case .personalization: .personalization
            case .analytics: .analytics
            case .export: .export
            case .streamLearning: .streamLearning
            }
    }

    /// The basis that the program is built for; the operator decides whether it holds where they are.
    public var basis: LawfulBasis {
        switch self {
        case .personalization, .analytics, .export, .streamLearning: .consent
        case .operation, .security: .legitimateInterests
        case .accountability: .legalObligation
        }
    }

    public var meaning: String {
        switch self {
        case .personalization: "similar users, communities, models, and the lists that come of them"
        case .analytics: "statistics about all users"
        case .export: "files, indices and topics that leave the store"
        case .streamLearning: "models that learn from each rating as it comes"
        case .operation: "to take data in, answer, keep up and repair"
        case .security: "to let in who may, and nobody else"
        case .accountability: "to show what was done with data, when and by whom"
        }
    }
}

/// A lawful basis of Article 6(1) of the GDPR.
public enum LawfulBasis: String, Sendable, CaseIterable, Codable {
    case consent
    case legalObligation = "legal-obligation"
    case legitimateInterests = "legitimate-interests"

    public var article: String {
        switch self {
        case .consent: "Art. 6(1)(a)"
        case .legalObligation: "Art. 6(1)(c)"
        case .legitimateInterests: "Art. 6(1)(f)"
        }
    }
}
