public import Evaluation
public import Factorization
public import Ratings

/// Models that learn from a stream, and their prequential error: each rating is predicted by what was known before it,
/// scored, and only then learned.
///
/// `baseline` and `popularity` learn rating by rating, and their answers to a rating know those before it in its batch.
/// `als` learns batch by batch: it predicts all ratings of a batch by the factors from before the batch. It has fewer factors
/// while users or items are fewer than its rank. Until it has been fitted once, which takes two of both, it answers as
/// `baseline` and `popularity` do.
///
/// Only the first rating of a pair is scored. A later one changes what was known of the pair, so it is learned alone; thus
/// a message that comes twice counts once. A removed rating leaves `als`, but the running biases keep what they learned.
///
/// Hits: a like is looked for in the list of the best unrated items among those that somebody has rated before, ties by the
/// lower number. A user's first like is not looked for.
public struct StreamLearner: Sendable {
    /// How the stream is learned and scored.
    public let configuration: StreamConfiguration
    /// Predictions are clamped to it; nil while it is unknown, and then drift is not looked for.
    public var scale: RatingScale? {
        didSet { biases.scale = scale }
    }
    /// The minimum rating of a like.
    public var likeThreshold: Float
    /// The error so far.
    public private(set) var error: PrequentialError
    /// The factors of `als`, nil before the first fit.
    public private(set) var factors: LiveFactors?

    private let models: [ModelKind]
    private var biases: RunningBiases
    /// The likes of each item number.
    private var likes: [Float] = []
    /// The number of ratings at the last fit.
    private var fittedCount = 0

    /// Creates a learner that knows nothing yet.
    ///
    /// - Throws: `FactorizationError` if the configuration of `als` is out of range.
    public init(
        _ configuration: StreamConfiguration = StreamConfiguration(), scale: RatingScale?, likeThreshold: Float
    ) throws(FactorizationError) {
        try configuration.als.validate()
        self.configuration = configuration
        self.scale = scale
        self.likeThreshold = likeThreshold
        models = configuration.scored
        error = PrequentialError(models: models.map(\.rawValue), window: configuration.window)
        biases = RunningBiases(scale: scale, damping: configuration.damping)
    }

    /// The sums and changes of the error since the last call, for counters and for sums by minute.
    public mutating func drain() -> PrequentialError.Interval { error.drain() }

    /// Goes on with the error of a learner that this one takes the place of.
    ///
    /// - Parameter other: with the same models and window.
    public mutating func carryOn(_ other: PrequentialError) {
        if other.models == error.models, other.window == error.window { error = other }
    }

    // MARK: - Learning

    /// Predicts, scores and learns a batch.
    ///
    /// - Returns: what changed in the ratings.
    /// - Throws: `FactorizationError` from `als`.
    @discardableResult
    public mutating func learn(
        _ batch: [StreamRating], into ratings: inout MutableRatings
    ) throws(FactorizationError) -> RatingChanges {
        receive(batch, into: &ratings)
        let changes = ratings.settle()
        try follow(changes, of: ratings)
        return changes
    }

    /// The first half of `learn`: predicts, scores and sets each rating. The ratings are not settled.
    ///
    /// - Parameter isScored: false for what was scored before, such as by a program that has ended since.
    public mutating func receive(
        _ batch: [StreamRating], into ratings: inout MutableRatings, isScored: Bool = true
    ) {
        for rating in batch {
            guard let value = rating.value else {
                remove(rating, from: &ratings)
                continue
            }
            let (user, item) = (ratings.addUser(rating.user), ratings.addItem(rating.item))
            if isScored, ratings.rating(user: user, item: item) == nil { score(value, user, item, ratings) }
            learn(value, user, item, before: ratings.set(value, user: user, item: item))
        }
    }

    /// The second half of `learn`: `als` follows the changes, or is fitted again.
    ///
    /// - Parameter ratings: settled.
    public mutating func follow(
        _ changes: RatingChanges, of ratings: MutableRatings
    ) throws(FactorizationError) {
        guard models.contains(.als) else { return }
        if isDueForFit(ratings) {
            try fit(ratings)
        } else {
            try factors?.follow(changes, of: ratings, threads: configuration.als.threads)
        }
    }

    /// Learns ratings from before the stream in the order of time, without scoring them.
    ///
    /// - Parameter ratings: the matrix that the mutable ratings were made of, so that its indices are the numbers.
    public mutating func prime(_ ratings: RatingMatrix) {
        for rating in ratings.inOrderOfTime() { learn(rating.value, rating.user, rating.item, before: nil) }
    }

    /// Takes over a model that was fitted elsewhere, such as by a refresh.
    ///
    /// - Parameters:
    ///   - users: the number of the user of each row of the model.
    ///   - items: likewise.
    ///   - changedUsers: the numbers of those whose ratings changed since those that the model was fitted to.
    ///   - changedItems: likewise.
    ///   - ratings: settled.
    public mutating func adopt(
        _ model: FactorModel, users: [Int32], items: [Int32], changedUsers: [Int32] = [], changedItems: [Int32] = [],
        of ratings: MutableRatings
    ) throws(FactorizationError) {
        var adopted = LiveFactors(model, users: users, items: items)
        try adopted.follow(
            users: changedUsers, items: changedItems, of: ratings, threads: configuration.als.threads)
        factors = adopted
        fittedCount = ratings.count
    }

    private mutating func learn(_ value: Float, _ user: Int, _ item: Int, before: Float?) {
        if let before {
            biases.revise(by: value - before, user: user, item: item)
        } else {
            biases.learn(value, user: user, item: item)
        }
        count(item, by: (value >= likeThreshold ? 1 : 0) - (before ?? -.infinity >= likeThreshold ? 1 : 0))
    }

    private mutating func remove(_ rating: StreamRating, from ratings: inout MutableRatings) {
        guard let user = ratings.users.number(of: rating.user), let item = ratings.items.number(of: rating.item),
            let before = ratings.set(nil, user: user, item: item)
        else { return }
        count(item, by: before >= likeThreshold ? -1 : 0)
    }

    private mutating func count(_ item: Int, by difference: Float) {
        while likes.count <= item { likes.append(0) }
        likes[item] += difference
    }

    private func isDueForFit(_ ratings: MutableRatings) -> Bool {
        guard let share = configuration.refitShare else { return false }
        return Double(ratings.count) >= Double(fittedCount) * (1 + share)
            && highestRank(of: ratings) > 0
    }

    private func highestRank(of ratings: MutableRatings) -> Int {
        min(ratings.users.presentCount, ratings.items.presentCount) - 1
    }

    private mutating func fit(_ ratings: MutableRatings) throws(FactorizationError) {
        let numbered = ratings.matrix()
        var chosen = configuration.als
        chosen.rank = min(chosen.rank, highestRank(of: ratings))
        let als = try AlternatingLeastSquares(chosen)
        fittedCount = ratings.count
        do throws(FactorizationError) {
            let model = try als.fit(numbered.matrix)
            factors = LiveFactors(model, users: numbered.userNumbers, items: numbered.itemNumbers)
        } catch .allEqual {
            // The baseline is right as long as no rating differs.
        }
    }

    // MARK: - Scoring

    private mutating func score(_ value: Float, _ user: Int, _ item: Int, _ ratings: MutableRatings) {
        let known = ratings.entries(ofUser: user)
        let isSought = value >= likeThreshold && known.contains { $0.value >= likeThreshold }
        let baseline = biases.prediction(user: user, item: item)
        let scores = models.map { model in
            let prediction: Double? =
                switch model {
                case .popularity: nil
                case .als: factors.map { scale.clamped($0.expectation(user: user, item: item)) } ?? baseline
                default: baseline
                }
            let isHit = isSought && model != .baseline ? lists(item, for: user, known, by: model, ratings) : nil
            return ScoredRating(error: prediction.map { Double(value) - $0 }, isHit: isHit)
        }
        let width = scale.map { Double($0.maximum) - Double($0.minimum) }
        error.add(scores, user: user, isNew: known.count < configuration.newUserLimit, width: width)
    }

    /// Whether a model's list for a user holds an item that the user has not rated.
    private func lists(
        _ item: Int, for user: Int, _ known: [MutableRatings.Entry], by model: ModelKind, _ ratings: MutableRatings
    ) -> Bool {
        guard !ratings.entries(ofItem: item).isEmpty else { return false }
        let scores = model == .als ? factors?.scores(user: user) ?? likes : likes
        guard item < scores.count else { return false }
        let own = scores[item]
        var better = 0
        var rated = known[...]
        for (other, score) in scores.enumerated() where score > own || score == own && other < item {
            // Both ascend by number.
            while let first = rated.first, Int(first.number) < other { rated.removeFirst() }
            guard Int(rated.first?.number ?? -1) != other, !ratings.entries(ofItem: other).isEmpty else { continue }
            better += 1
            if better == configuration.listLength { return false }
        }
        return true
    }
}
