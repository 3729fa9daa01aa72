import Evaluation

/// The best model by a metric, and whether it is significantly better than the next.
struct Leader {
    let model: String
    /// The mean over the folds, like that of the runner-up.
    let value: Double
    let runnerUp: (model: String, value: Double)?
    /// For the difference to the runner-up; nil if not tested.
    let adjustedPValue: Double?
    /// Whether users agree with the order of the means, by `PairedDifference.better`.
    let isSignificant: Bool

    /// nil without a model that has the metric. Of equal models the one named first leads.
    init?(_ metric: Metric, at cutoff: Int? = nil, in report: ComparisonReport) {
        let sign = metric.isLowerBetter ? 1.0 : -1
        let ranked = report.comparison.models
            .compactMap { model in report.mean(metric, at: cutoff, of: model).map { (model: model, value: $0) } }
            .enumerated()
            .sorted { (sign * $0.element.value, $0.offset) < (sign * $1.element.value, $1.offset) }
            .map(\.element)
        guard let best = ranked.first else { return nil }
        let second = ranked.dropFirst().first
        let difference = report.comparison.differences.first { difference in
            difference.metric == metric && difference.isOf(best.model, second?.model)
        }
        model = best.model
        value = best.value
        runnerUp = second
        adjustedPValue = difference?.adjustedPValue
        isSignificant = difference?.better == best.model
    }
}

extension PairedDifference {
    func isOf(_ model: String, _ other: String?) -> Bool {
        (first, second) == (model, other ?? "") || (second, first) == (model, other ?? "")
    }
}
