/// What the data of people is used for; consent is given and withdrawn for each.
public enum Purpose: String, Sendable, CaseIterable, Codable {
    /// Graphs of similar users, communities, models, and the lists that come of these.
    case personalization
    /// Statistics about all users.
    case analytics
    /// Files, indices and topics that leave the store.
    case export
    /// Models that learn from each rating as it comes.
    case streamLearning = "stream-learning"
}

extension [Purpose] {
    /// `personalization and export`.
    var words: String { map(\.rawValue).joined(separator: " and ") }
}
