public import Evaluation
public import Factorization
public import Ratings

/// A whole data set as a stream, in the order of time: the prequential error of models as a curve.
///
/// Each rating is predicted by those before it through `StreamLearner`, as by a service. Of the ratings to come only the
/// ends of the scale are known from the start, as to whoever makes the form.
public struct Replay: Sendable {
    /// The error after some of the ratings.
    public struct Point: Sendable {
        /// The number of ratings so far.
        public let ratings: Int
        /// The time of the last of them, in seconds since 1970.
        public let time: Int64
        /// The sums over the sliding window.
        public let window: [PrequentialError.Part]
        /// The sums over all ratings so far.
        public let total: [PrequentialError.Part]
    }

    /// About two hundred, evenly spaced; the last is after all ratings.
    public let points: [Point]
    /// The changes of the error.
    public let drifts: [PrequentialError.Drift]

    private static let pointCount = 200

    /// Runs a replay.
    ///
    /// - Parameters:
    ///   - ratings: without timestamps the order is that of users and items.
    ///   - likeThreshold: the minimum rating of a like.
    ///   - batch: the number of ratings that `als` learns at once, ≥ 1.
    ///   - progress: called with the share that is done.
    /// - Throws: `FactorizationError` from `als`.
    public init(
        _ ratings: RatingMatrix, _ configuration: StreamConfiguration, likeThreshold: Float, batch: Int = 1,
        progress: (Double) -> Void = { _ in }
    ) throws(FactorizationError) {
        precondition(batch >= 1, "at least one rating in a batch")
        let stream = ratings.inOrderOfTime()
        var learner = try StreamLearner(
            configuration, scale: RatingScale(of: ratings), likeThreshold: likeThreshold)
        var known = MutableRatings()
        var points: [Point] = []
        let distance = max(1, stream.count / Self.pointCount)
        for start in stride(from: 0, to: stream.count, by: batch) {
            let end = min(stream.count, start + batch)
            let ratings = stream[start..<end].map {
                StreamRating(user: ratings.users[$0.user], item: ratings.items[$0.item], value: $0.value)
            }
            try learner.learn(ratings, into: &known)
            if end / distance > start / distance || end == stream.count {
                points.append(
                    Point(
                        ratings: end, time: stream[end - 1].time, window: learner.error.current,
                        total: learner.error.total))
                progress(Double(end) / Double(stream.count))
            }
        }
        self.points = points
        drifts = learner.error.drifts
    }
}
