public import Evaluation
public import Ratings

/// Fits models on the same splits and tests them on the same ratings.
public struct ComparisonEngine: Sendable {
    public let models: [ModelKind]
    /// Ratings of at least this much are relevant to a ranking.
    public let relevance: Float
    public let seed: UInt64
    public let threads: Int

    /// The cut-offs of the ranking metrics.
    public static let cutoffs = [5, 10, 20]

    public init(models: [ModelKind], relevance: Float, seed: UInt64, threads: Int) {
        precondition(!models.isEmpty && threads >= 1, "models and threads")
        self.models = models
        self.relevance = relevance
        self.seed = seed
        self.threads = threads
    }

    /// - Parameters:
    ///   - splits: each with its own training and test ratings, whose vocabularies may differ.
    ///   - progress: told the share of fits and tests that are done.
    /// - Throws: `ComparisonError` for an empty split, or what a model's fit throws.
    public func compare(
        _ splits: [RatingSplit], progress: (Double) -> Void = { _ in }
    ) throws -> Comparison {
        var results: [Comparison.Result] = []
        for (index, split) in splits.enumerated() {
            if split.train.count == 0 { throw ComparisonError.emptyTrain(fold: index + 1) }
            if split.test.count == 0 { throw ComparisonError.emptyTest(fold: index + 1) }
            let ratings = TestRatings(split.test, train: split.train)
            let rankings = TestRankings(split.test, train: split.train, threshold: relevance)
            for model in models {
                results.append(try result(model, fold: index + 1, split.train, ratings, rankings))
                progress(Double(results.count) / Double(splits.count * models.count))
            }
        }
        return Comparison(results: results)
    }

    private func result(
        _ model: ModelKind, fold: Int, _ train: RatingMatrix, _ ratings: TestRatings, _ rankings: TestRankings
    ) throws -> Comparison.Result {
        let clock = ContinuousClock()
        let begin = clock.now
        let fitted = try model.fit(train, relevance: relevance, seed: seed, threads: threads)
        let fitSeconds = (clock.now - begin) / .seconds(1)
        return Comparison.Result(
            model: model.rawValue, fold: fold,
            ratings: fitted.predictor.map { ratings.metrics(of: $0, threads: threads) },
            rankings: fitted.recommender.map {
                rankings.metrics(of: $0, cutoffs: Self.cutoffs, threads: threads)
            } ?? [],
            coldCount: ratings.coldCount, fitSeconds: fitSeconds)
    }
}

/// What is wrong with the ratings to compare models on.
public enum ComparisonError: Error, Equatable, CustomStringConvertible {
    case emptyTrain(fold: Int)
    case emptyTest(fold: Int)

    public var description: String {
        switch self {
        case .emptyTrain(let fold): "fold \(fold) has no ratings to learn from; use fewer folds or a smaller hold-out"
        case .emptyTest(let fold): "fold \(fold) has no ratings to test on; use fewer folds or a larger hold-out"
        }
    }
}
