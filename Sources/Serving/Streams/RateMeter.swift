/// Counts per second over the last ten seconds.
struct RateMeter {
    private static let seconds = 10
    private var counts: [(second: Int64, count: Int)] = []
    private let began = ContinuousClock.now

    /// - Parameter time: now, but in tests.
    mutating func add(_ count: Int, at time: ContinuousClock.Instant = .now) {
        let second = (time - began).components.seconds
        if let last = counts.last, last.second == second {
            counts[counts.count - 1].count += count
        } else {
            counts.append((second, count))
        }
        counts.removeAll { $0.second <= second - Int64(Self.seconds) }
    }

    func rate(at time: ContinuousClock.Instant = .now) -> Double {
        let second = (time - began).components.seconds
        let recent = counts.filter { $0.second > second - Int64(Self.seconds) }
        return Double(recent.reduce(0) { $0 + $1.count }) / Double(max(1, min(Int64(Self.seconds), second + 1)))
    }
}
