/// A column, field or label that data is in, and what may be done with it.
public struct DataElement: Sendable, Hashable {
    /// What kind of thing holds it.
    public enum Place: String, Sendable, CaseIterable, Codable {
        /// A column of a table or view of the store.
        case store
        /// A column, field or array of a file.
        case file
        /// A field, key or header of the messages of a topic.
        case topic
        /// A field of the documents of an index.
        case index
        /// A label, or the value, of a metric.
        case metric
        /// A field of the lines of the log.
        case log
    }

    /// What it says of a person.
    public enum Kind: String, Sendable, CaseIterable, Codable {
        /// Who it is, or a number that stands for them.
        case identifier
        /// What they are, such as their age.
        case attribute
        /// What they did, such as a rating and its time.
        case behavior
        /// What was computed of what they did, such as their neighbors.
        case derived
        /// Nothing: it is of an item, of many people together, or technical.
        case nothing
    }

    public let place: Place
    /// The table, file, topic, index or metric; `log` for lines of the log. One `*` stands for any text.
    public let holder: String
    /// The column, field or label. One `*` stands for any text.
    public let name: String
    public let kind: Kind
    /// Whose data it is where it is personal.
    public let subjects: DataSubjects
    public let purposes: [ProcessingPurpose]
    public let retention: Retention
    public let readers: [Reader]
    public let meaning: String

    public var isPersonal: Bool { kind != .nothing }

    /// The lawful bases of its purposes; none where it is not personal.
    public var bases: [LawfulBasis] {
        isPersonal ? LawfulBasis.allCases.filter { basis in purposes.contains { $0.basis == basis } } : []
    }
}

/// Whose data it is.
public enum DataSubjects: String, Sendable, CaseIterable, Codable {
    /// People whose ratings are in the store.
    case users
    /// People who use the service with a key, and those who run it.
    case staff

    public var title: String {
        switch self {
        case .users: "people whose ratings are in the store"
        case .staff: "people who hold a key of the service or run it"
        }
    }
}

/// Who can read something.
public enum Reader: String, Sendable, CaseIterable, Codable {
    /// The roles of keys.
    case read, write, admin, auditor
    /// Who has the machine: its files, its log, its metrics.
    case `operator`
    /// Whom the operator gives it to: a file, an index, a topic.
    case receiver
}
