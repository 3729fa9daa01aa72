/// How long something is kept.
public enum Retention: Sendable, Hashable {
    /// While the store is, or until the person is erased.
    case untilErased
    /// Until the next run, load or write takes its place.
    case untilReplaced
    /// Until whoever it waits for has it.
    case untilDelivered
    /// While the program runs.
    case whileRunning
    /// Swept after this many days.
    case days(Int)
    /// As long as its receiver keeps it; `outputs` knows what went where.
    case byReceiver

    public var text: String {
        switch self {
        case .untilErased: "until the person is erased"
        case .untilReplaced: "until the next run or write replaces it"
        case .untilDelivered: "until it is delivered"
        case .whileRunning: "while the program runs"
        case .days(let days): "\(days) days"
        case .byReceiver: "as long as the receiver keeps it"
        }
    }
}
