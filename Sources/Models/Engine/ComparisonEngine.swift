public import Evaluation
import LinearAlgebra
import Ratings

/// Fits models on the same splits and tests them on the same ratings.
public struct ComparisonEngine: Sendable {
    /// The models to fit and compare, in this order.
    public let models: [ComparedModel]
    /// Models that were fitted elsewhere, compared after these.
    public let given: [GivenModel]
    /// The configuration of the models that have none of their own.
    public let configuration: ModelConfiguration
    /// How models are tuned on the training ratings of each fold before they are judged; nil for the configuration as it is.
    public let tuning: FoldTuning?

    /// The cut-offs of the ranking metrics.
    public static let cutoffs = [5, 10, 20]
    /// The cut-off at which users and lists are compared.
    public static let cutoff = 10

    /// Creates an engine for at least one model.
    ///
    /// - Parameter given: models that were fitted elsewhere on the training ratings of the only fold there will be; names differ
    ///   from each other and from those of `models`.
    public init(
        models: [ComparedModel], given: [GivenModel] = [], configuration: ModelConfiguration, tuning: FoldTuning? = nil
    ) {
        let names = models.map(\.name) + given.map(\.name)
        precondition(!names.isEmpty, "at least one model")
        precondition(Set(names).count == names.count, "a name for each model")
        self.tuning = tuning
        self.models = models
        self.given = given
        self.configuration = configuration
    }

    /// The same for models that are called by their kinds.
    public init(
        models: [ModelKind], given: [GivenModel] = [], configuration: ModelConfiguration, tuning: FoldTuning? = nil
    ) {
        self.init(models: models.map(ComparedModel.init), given: given, configuration: configuration, tuning: tuning)
    }

    /// The minimum rating of a like, where none was chosen, is that of all ratings of the first fold, training and test
    /// ratings together: for folds of one source, that of the source.
    ///
    /// - Parameters:
    ///   - folds: each with its own training and test ratings, whose vocabularies may differ; made one after the other.
    ///   - progress: told the share of the work that is done, and what is at work.
    ///   - tuned: told what tuning has found on a fold, counted from 1.
    /// - Returns: the comparison, and two users of the first fold with their lists, where any models rank.
    /// - Throws: `ComparisonError` for an empty split or IDs that do not meet, and where the comparison is cancelled
    ///   (`Cancellation`); or what a model's fit throws.
    public func compare(
        _ folds: some Collection<ComparisonFold>, progress: @escaping (Double, String) -> Void = { _, _ in },
        tuned: (Int, TunedModel) -> Void = { _, _ in }
    ) throws -> (comparison: Comparison, examples: [ListExample]) {
        var configuration = configuration
        precondition(given.isEmpty || folds.count == 1, "a given model belongs to one fold")
        let contestants = models.map(Contestant.init) + given.map(Contestant.init)
        var tally = ComparisonTally(contestants.map(\.name))
        var examples: [ListExample] = []
        for (index, fold) in folds.enumerated() {
            let number = index + 1
            try fold.validate(number)
            let relevance = configuration.relevance(of: [fold.train.ratings, fold.test])
            configuration.relevance = relevance
            let test = FoldTest(fold, relevance: relevance)
            var rankers: [Ranker] = []
            var chosen = configuration
            for model in ModelKind.tunable where tuning != nil && hasTunable(model) {
                progress(Double(index) / Double(folds.count), "tuning \(model.rawValue)")
                guard let found = try tuning?.tuned(model, chosen, on: fold) else { continue }
                chosen = found.configuration
                tuned(number, found)
            }
            for (place, contestant) in contestants.enumerated() {
                let (name, count) = (contestant.name, contestants.count)
                let share = { (done: Double) in
                    (Double(index * count + place) + done) / Double(folds.count * count)
                }
                progress(share(0), name)
                let fitted = try fit(contestant, chosen, fold) { progress(share($0), name) }
                let (result, lists) = try judge(name, fitted, test, fold: number, &tally)
                tally.results.append(result)
                progress(share(1), name)
                if let lists {
                    rankers.append(Ranker(name: name, kind: contestant.kind, model: fitted.model, lists: lists))
                }
            }
            tally.overlap(rankers, cutoff: Self.cutoff)
            if index == 0 { examples = try ExampleChoice.chosen(rankers, fold, cutoff: Self.cutoff) }
        }
        let comparison = tally.comparison(
            relevance: configuration.relevance(of: []), seed: configuration.seed, threads: configuration.threads)
        return (comparison, examples)
    }

    /// Whether a model of a kind is fitted by the configuration of the comparison, which tuning changes.
    private func hasTunable(_ kind: ModelKind) -> Bool {
        models.contains { $0.kind == kind && $0.configuration == nil }
    }

    /// A model with what its fit took and how its loss went, where it was fitted here.
    private typealias Fit = (model: FittedModel, seconds: Double?, losses: [Double])

    private func fit(
        _ contestant: Contestant, _ configuration: ModelConfiguration, _ fold: ComparisonFold,
        _ progress: @escaping (Double) -> Void
    ) throws -> Fit {
        if let given = contestant.given { return (given, nil, []) }
        var own = contestant.configuration ?? configuration
        own.relevance = configuration.relevance
        var losses: [Double] = []
        let begin = ContinuousClock.now
        let model = try contestant.kind.fit(fold.train, own) { share, loss in
            if let loss { losses.append(loss) }
            progress(share)
        }
        return (model, begin.duration(to: .now) / .seconds(1), losses)
    }

    private func judge(
        _ name: String, _ fit: Fit, _ test: FoldTest, fold: Int, _ tally: inout ComparisonTally
    ) throws(ComparisonError) -> (result: ModelResult, lists: [RankedList]?) {
        let ratings = try fit.model.predictor.map { model throws(ComparisonError) in
            try self.ratings(of: model, name, test, &tally)
        }
        let ranked = try fit.model.recommender.map { model throws(ComparisonError) in
            try rankings(of: model, name, test, &tally)
        }
        let result = ModelResult(
            model: name, fold: fold, ratings: ratings, rankings: ranked?.result, fitSeconds: fit.seconds,
            bytes: fit.model.bytes, losses: fit.losses)
        return (result, ranked?.lists)
    }

    private func ratings(
        of model: some RatingPredictor, _ name: String, _ test: FoldTest, _ tally: inout ComparisonTally
    ) throws(ComparisonError) -> ModelResult.Ratings {
        let begin = ContinuousClock.now
        let predictions = test.ratings.predictions(of: model, threads: configuration.threads)
        if Cancellation.current.isRequested { throw .cancelled }
        let seconds = begin.duration(to: .now) / .seconds(1)
        var density = test.emptyDensity
        for (rating, prediction) in zip(test.ratings.values, predictions) { density.add(rating, predicted: prediction) }
        tally.addErrors(name, test, predictions)
        let calibration = try (model as? any UncertainPredictor).map { model throws(ComparisonError) in
            let distributions = test.ratings.distributions(of: model, threads: configuration.threads)
            if Cancellation.current.isRequested { throw .cancelled }
            return Calibration(
                ratings: test.ratings.values, predictions: distributions.map { ($0.mean, $0.standardDeviation) })
        }
        return ModelResult.Ratings(
            metrics: RatingMetrics(ratings: test.ratings.values, predictions: predictions), calibration: calibration,
            buckets: RatingBuckets(test.ratings, predictions: predictions, train: test.train), density: density,
            coldCount: test.ratings.coldCount, predictionsPerSecond: Double(predictions.count) / max(seconds, 1e-9))
    }

    private func rankings(
        of model: some ItemRecommender, _ name: String, _ test: FoldTest, _ tally: inout ComparisonTally
    ) throws(ComparisonError) -> (result: ModelResult.Rankings, lists: [RankedList]) {
        let begin = ContinuousClock.now
        let lists = test.rankings.lists(
            of: model, count: Self.cutoffs.reduce(0, max), threads: configuration.threads)
        if Cancellation.current.isRequested { throw .cancelled }
        let seconds = begin.duration(to: .now) / .seconds(1)
        tally.addRankings(name, test, lists, cutoff: Self.cutoff)
        let judged = lists.indices.compactMap { place in
            lists[place].ndcg(Self.cutoff).map { (value: $0, user: test.rankings.users[place]) }
        }
        let result = ModelResult.Rankings(
            metrics: Self.cutoffs.map { RankingMetrics(lists, cutoff: $0) },
            catalogue: Self.cutoffs.map {
                CatalogueMetrics(
                    lists: lists.map(\.items), cutoff: $0, train: test.train, threads: configuration.threads)
            },
            ndcgByActivity: RatingBuckets.means(of: judged.map(\.value), users: judged.map(\.user), train: test.train),
            coldCount: test.rankings.coldCount, listsPerSecond: Double(lists.count) / max(seconds, 1e-9))
        return (result, lists)
    }
}
