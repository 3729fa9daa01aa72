import Evaluation
public import FileOutput

extension ComparisonReport {
    /// `metrics.csv` in long format: model, fold (a number or `mean`), metric, at (the cut-off, or empty), value.
    public var metrics: String { metrics { csvField($0) } }

    /// Writes `metrics.csv`.
    public func writeMetrics(to writer: inout ByteWriter) throws(OutputError) {
        try writer.write(metrics(writer.csvField))
    }

    private func metrics(_ field: (String) -> String) -> String {
        var text = "model,fold,metric,at,value\n"
        func add(_ figures: [ModelResult.Figure], of model: String, fold: String) {
            for figure in figures {
                let cutoff = figure.cutoff.map { "\($0)" } ?? ""
                text += "\(field(model)),\(fold),\(figure.metric.rawValue),\(cutoff),\(figure.value)\n"
            }
        }
        for result in comparison.results { add(result.figures, of: result.model, fold: "\(result.fold)") }
        for model in comparison.models { add(comparison.means(model), of: model, fold: "mean") }
        return text
    }
}
