/// How fast records are sent.
public enum Pacing: Sendable, Equatable {
    case unlimited
    /// Records per second.
    case rate(Double)
    /// So many times as fast as the ratings were given: 100 replays a day in 14.4 minutes. What has no time is sent at once.
    case speed(Double)
}

/// When the next record is due.
struct Pace {
    private let pacing: Pacing
    private let begin: ContinuousClock.Instant
    private var sent = 0
    private var firstTime: Int64?

    init(_ pacing: Pacing, begin: ContinuousClock.Instant) { (self.pacing, self.begin) = (pacing, begin) }

    /// - Parameter time: when it was rated, in seconds since 1970.
    mutating func due(_ time: Int64?) -> ContinuousClock.Instant {
        defer { sent += 1 }
        switch pacing {
        case .unlimited: return begin
        case .rate(let perSecond): return begin + .seconds(Double(sent) / perSecond)
        case .speed(let factor):
            guard let time else { return begin }
            let first = firstTime ?? time
            firstTime = first
            return begin + .seconds(Double(time - first) / factor)
        }
    }
}
