import Engine
import Evaluation
import Foundation
import LinearAlgebra
import Ratings
import Reports
import Store

/// How models did beside each other, and which run found it.
struct ModelComparison: Sendable {
    /// `report.json`.
    let json: String
    let metrics: [StoredRun.Metric]
    let source: StoredRun.Comparison
}

extension Refresh {
    /// The comparison of the snapshot before, unless another is due.
    ///
    /// A comparison is a function of the ratings, the options and the version of the program. With other options or of another
    /// version it is not kept; with the same ratings it always is, and else until more than `compareAfter` of them have changed.
    /// Changes add up from run to run, so one that is undone counts twice.
    func keptComparison(_ ratings: RatingMatrix) throws -> ModelComparison? {
        guard !configuration.compared.isEmpty, let previous, let json = previous.comparison,
            let source = previous.run.comparison, previous.run.version == configuration.version,
            previous.run.options == (try options(ratings))
        else { return nil }
        let changed = ratings.changeCount(since: previous.ratings)
        let (run, before) =
            switch source {
            case .own: (previous.run.number, 0)
            case .kept(let run, let changed): (run, changed)
            }
        guard Double(before + changed) <= configuration.compareAfter * Double(ratings.count) else { return nil }
        return ModelComparison(
            json: json, metrics: previous.run.metrics.filter { !$0.model.isEmpty },
            source: .kept(fromRun: run, changedRatings: before + changed))
    }

    /// The models on a tenth of the ratings, held out; nil where there are too few.
    func compared(
        _ dataset: Dataset, threads: Int, _ clock: inout StageClock
    ) throws -> ModelComparison? {
        let split = dataset.ratings.holdout(0.1, seed: configuration.models.seed)
        guard split.test.count > 0, split.train.count > 0 else { return nil }
        let counts = OperationCounts.current
        var own = configuration.models
        own.threads = threads
        var stages = clock
        var current = ""
        let (comparison, examples) = try ComparisonEngine(models: configuration.compared, configuration: own).compare(
            [ComparisonFold(split, of: dataset)]
        ) { share, model in
            if model != current {
                stages.begin("comparing \(model)")
                current = model
            }
            progress("comparing \(model)", share)
        }
        stages.end()
        clock = stages
        let report = ComparisonReport(
            comparison: comparison, examples: examples, options: ["holdout": "0.1"],
            // What the fits beside it do meanwhile is in it too.
            arithmetic: Arithmetic(.since(counts)), version: configuration.version,
            source: URL(fileURLWithPath: store.path).lastPathComponent)
        let named = [.rmse: nil, .mae: nil, .ndcg: 10] as [Metric: Int?]
        let metrics = configuration.compared.flatMap { kind in
            comparison.means(kind.rawValue).filter { named[$0.metric] == .some($0.cutoff) }.map {
                StoredRun.Metric(model: kind.rawValue, metric: $0.metric.rawValue, value: $0.value)
            }
        }
        return ModelComparison(json: try report.json, metrics: metrics, source: .own)
    }
}
