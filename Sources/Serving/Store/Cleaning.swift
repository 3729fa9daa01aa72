public import Ratings

/// What may be a rating: a value on the scale, at a time that can be.
public struct Cleaning: Sendable {
    /// The values that are ratings.
    public let scale: ClosedRange<Float>
    /// Seconds since 1970 after which nothing can have been rated.
    public let latest: Int64

    /// - Parameter now: seconds since 1970. Clocks differ, so a day beyond it is still taken.
    public init(scale: ClosedRange<Float>, now: Int64) {
        self.scale = scale
        latest = now + 86_400
    }

    /// What becomes of a rating.
    public enum Verdict: Sendable, Equatable {
        /// Taken, with the time in seconds; whether that was converted from a finer unit.
        case kept(time: Int64?, isConverted: Bool)
        case outOfScale
        case impossibleTime
    }

    /// Times in milliseconds or finer units are converted (`Timestamps`).
    public func verdict(value: Float, time: Int64?) -> Verdict {
        guard scale.contains(value) else { return .outOfScale }
        guard let time else { return .kept(time: nil, isConverted: false) }
        let seconds = Timestamps.seconds(time)
        guard seconds > 0, seconds <= latest else { return .impossibleTime }
        return .kept(time: seconds, isConverted: seconds != time)
    }

    public func reason(_ verdict: Verdict, value: Float, time: Int64?) -> String? {
        switch verdict {
        case .kept: nil
        case .outOfScale: "rating \(value) is not on the scale from \(scale.lowerBound) to \(scale.upperBound)"
        case .impossibleTime: "time \(time ?? 0) is not a moment between 1970 and tomorrow"
        }
    }

    /// The scale that values are on: of those in use, the first that holds 99 of 100; or else what they span. One in a hundred
    /// that is no whole number tells 0.5…5 from 1…5.
    public static func scale(of entries: [RatingEntries]) -> ClosedRange<Float>? {
        scale(of: entries.lazy.flatMap(\.values), count: entries.reduce(0) { $0 + $1.count })
    }

    static func scale(of values: some Collection<Float>, count: Int) -> ClosedRange<Float>? {
        guard let least = values.min(), let most = values.max() else { return nil }
        let hasHalves = 100 * values.count { $0 != $0.rounded() } >= count
        let usual: [ClosedRange<Float>] = [hasHalves ? 0.5...5 : 1...5, 1...10, 0...10, 0...100]
        return usual.first { scale in 100 * values.count { scale.contains($0) } >= 99 * count } ?? least...most
    }
}
