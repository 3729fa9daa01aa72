public import Ratings

/// What a store takes of people beside their ratings, and how exactly it keeps times.
public struct Minimisation: Sendable, Equatable {
    /// How exactly times are kept.
    public enum TimePrecision: String, Sendable, CaseIterable {
        case second, minute, hour, day

        private var seconds: Int64 {
            switch self {
            case .second: 1
            case .minute: 60
            case .hour: 3_600
            case .day: 86_400
            }
        }

        /// The start of the minute, hour or day of a time, in UTC: 90,061 s is 86,400 s by the day.
        func start(of time: Int64) -> Int64 { time - (time % seconds + seconds) % seconds }
    }

    /// What is taken of users unless more is asked for. Ages are taken as groups.
    public static let attributes = ["age", "gender", "occupation"]

    /// Names of further attributes that are taken, in lower case.
    public var kept: Set<String>
    public var timePrecision: TimePrecision

    public init(keeping kept: some Sequence<String> = [], timePrecision: TimePrecision = .second) {
        self.kept = Set(kept.map { $0.lowercased() })
        self.timePrecision = timePrecision
    }

    /// Whether an attribute of a name is taken.
    public func keeps(_ name: String) -> Bool {
        Self.attributes.contains(name.lowercased()) || kept.contains(name.lowercased())
    }

    /// A value as it is taken, or nil where it is not.
    func value(_ text: String, of name: String) -> String? {
        guard keeps(name) else { return nil }
        return name.lowercased() == "age" ? AgeBand.name(of: text) : text
    }

    /// The attributes that are taken.
    public func reduced(_ catalog: UserCatalog) -> UserCatalog {
        UserCatalog(
            attributes: catalog.attributes.filter { keeps($0.name) }.map { attribute in
                UserCatalog.Attribute(
                    name: attribute.name,
                    values: attribute.values.map { $0.flatMap { value($0, of: attribute.name) } })
            })
    }

    /// What is taken of a change that a stream brings.
    public func reduced(_ change: StreamChange) -> StreamChange {
        switch change {
        case .rate(var event):
            event.time = event.time.map(timePrecision.start)
            return .rate(event)
        case .user(var facts):
            facts.attributes = Dictionary(
                uniqueKeysWithValues: facts.attributes.compactMap { name, text in
                    value(text, of: name).map { (name, $0) }
                })
            return .user(facts)
        case .remove, .item: return change
        }
    }
}
