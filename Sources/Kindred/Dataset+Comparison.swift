public import Engine
import FileOutput
import LinearAlgebra
public import Ratings
public import Reports

extension Dataset {
    /// Compares models on the same folds of the ratings, side by side.
    ///
    /// ```swift
    /// let report = try data.compare([.als, .knn], folds: 5)
    /// try report.export(to: "out")
    /// ```
    ///
    /// - Parameters:
    ///   - models: at least one.
    ///   - folds: how many parts the ratings are split into, at random; each is tested on once.
    ///   - configuration: how the models are fitted; its seed draws the folds.
    ///   - progress: told the share of the work that is done, and what is at work.
    /// - Throws: `ComparisonError` where a fold would be empty, or what a fit throws.
    public func compare(
        _ models: [ModelKind], folds: Int = 5, configuration: ModelConfiguration = .onAllProcessors,
        progress: @escaping (Double, String) -> Void = { _, _ in }
    ) throws -> ComparisonReport {
        try compare(models.map(ComparedModel.init), folds: folds, configuration: configuration, progress: progress)
    }

    /// The same for models with names and configurations of their own, of which several can be of one kind.
    ///
    /// ```swift
    /// var small = ModelConfiguration.onAllProcessors
    /// small.als.rank = 8
    /// let report = try data.compare([ComparedModel("als of rank 8", .als, configuration: small), ComparedModel(.als)])
    /// ```
    public func compare(
        _ models: [ComparedModel], folds: Int = 5, configuration: ModelConfiguration = .onAllProcessors,
        progress: @escaping (Double, String) -> Void = { _, _ in }
    ) throws -> ComparisonReport {
        let before = OperationCounts.current
        let splits = ratings.folds(folds, seed: configuration.seed).lazy.map { ComparisonFold($0, of: self) }
        let (comparison, examples) = try ComparisonEngine(models: models, configuration: configuration)
            .compare(AnyCollection(splits), progress: progress)
        return ComparisonReport(
            comparison: comparison, examples: examples, options: ["folds": "\(folds)"],
            arithmetic: Arithmetic(.since(before)), version: Version.kindred, source: source)
    }
}
