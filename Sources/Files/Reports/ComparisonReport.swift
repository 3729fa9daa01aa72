public import Engine
public import Evaluation

/// A comparison of models with all that its exports tell: `metrics.csv` and `report.json` for machines, `report.html` to read.
///
/// The same comparison gives the same bytes; there is no date in them.
public struct ComparisonReport: Sendable {
    public let comparison: Comparison
    /// Test users with the list of each model.
    public let examples: [ListExample]
    /// The options of the run by name, as on the command line.
    public let options: [String: String]
    /// Who multiplied and who solved.
    public let arithmetic: Arithmetic
    public let version: String
    /// What the ratings are called, for the title.
    public let source: String

    /// The places of a list that the report speaks of, where a metric has several cut-offs.
    static let cutoff = 10

    public init(
        comparison: Comparison, examples: [ListExample], options: [String: String], arithmetic: Arithmetic,
        version: String, source: String
    ) {
        self.comparison = comparison
        self.examples = examples
        self.options = options
        self.arithmetic = arithmetic
        self.version = version
        self.source = source
    }

    /// The mean of a metric over the folds; nil for a model without it, and for a mean that is no number.
    func mean(_ metric: Metric, at cutoff: Int? = nil, of model: String) -> Double? {
        let figure = comparison.means(model).first { $0.metric == metric && $0.cutoff == cutoff }
        return figure.flatMap { $0.value.isFinite ? $0.value : nil }
    }

    /// The results of a model, by fold.
    func results(of model: String) -> [ModelResult] {
        comparison.results.filter { $0.model == model }
    }
}
