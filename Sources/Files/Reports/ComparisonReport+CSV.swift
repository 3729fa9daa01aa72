import Evaluation
public import FileOutput

extension ComparisonReport {
    /// `metrics.csv` in long format: model, fold (a number or `mean`), metric, at (the cut-off, or empty), value.
    public func writeMetrics(to writer: inout ByteWriter) throws(OutputError) {
        try writer.write("model,fold,metric,at,value\n")
        for result in comparison.results {
            try write(result.figures, of: result.model, fold: "\(result.fold)", to: &writer)
        }
        for model in comparison.models {
            try write(comparison.means(model), of: model, fold: "mean", to: &writer)
        }
    }

    private func write(
        _ figures: [ModelResult.Figure], of model: String, fold: String, to writer: inout ByteWriter
    ) throws(OutputError) {
        for figure in figures {
            let cutoff = figure.cutoff.map { "\($0)" } ?? ""
            try writer.write("\(writer.csvField(model)),\(fold),\(figure.metric.rawValue),\(cutoff),\(figure.value)\n")
        }
    }
}
