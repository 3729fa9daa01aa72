public import Evaluation
public import Ratings

/// Fits models on the same splits and tests them on the same ratings.
public struct ComparisonEngine: Sendable {
    public let models: [RatingModel]
    public let seed: UInt64
    public let threads: Int

    public init(models: [RatingModel], seed: UInt64, threads: Int) {
        precondition(!models.isEmpty && threads >= 1, "models and threads")
        self.models = models
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
            let test = TestRatings(split.test, train: split.train)
            for model in models {
                results.append(try result(model, fold: index + 1, split.train, test))
                progress(Double(results.count) / Double(splits.count * models.count))
            }
        }
        return Comparison(results: results)
    }

    private func result(
        _ model: RatingModel, fold: Int, _ train: RatingMatrix, _ test: TestRatings
    ) throws -> Comparison.Result {
        let clock = ContinuousClock()
        let begin = clock.now
        let fitted = try model.fit(train, seed: seed, threads: threads)
        let fitEnd = clock.now
        let metrics = test.metrics(of: fitted, threads: threads)
        return Comparison.Result(
            model: model.rawValue, fold: fold, metrics: metrics, coldCount: test.coldCount,
            fitSeconds: (fitEnd - begin) / .seconds(1), predictionSeconds: (clock.now - fitEnd) / .seconds(1))
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
