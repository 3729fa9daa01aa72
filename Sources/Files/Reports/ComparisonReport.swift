public import Engine
public import Evaluation
import FileOutput

/// A comparison of models with its exports: `metrics.csv` and `report.json` for machines, `report.html` to read.
///
/// The same comparison gives the same bytes, without a date.
public struct ComparisonReport: Sendable {
    /// The results of the models.
    public let comparison: Comparison
    /// Test users with the list of each model.
    public let examples: [ListExample]
    /// The options of the run by name, as on the command line; with `relevant`, the minimum rating of a like.
    public let options: [String: String]
    /// The libraries and kernels that did the arithmetic.
    public let arithmetic: Arithmetic
    /// The version of the program.
    public let version: String
    /// The name of the ratings, for the title.
    public let source: String

    /// The cut-off shown by the report if a metric has several.
    static let cutoff = 10

    /// Creates a report.
    public init(
        comparison: Comparison, examples: [ListExample], options: [String: String], arithmetic: Arithmetic,
        version: String, source: String
    ) {
        self.comparison = comparison
        self.examples = examples
        self.options = options.merging(["relevant": "\(comparison.relevance)"]) { $1 }
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
