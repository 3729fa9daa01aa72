public import Evaluation
import Foundation

/// A comparison of models as files for machines.
public struct ComparisonExport: Sendable {
    private let comparison: Comparison

    public init(_ comparison: Comparison) {
        self.comparison = comparison
    }

    /// `metrics.csv`, long: model, fold (a number or `mean`), metric, at (the cut-off, or empty), value.
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
            try writer.write("\(model),\(fold),\(figure.metric),\(cutoff),\(figure.value)\n")
        }
    }

    /// `report.json`: the same by model, a figure with a cut-off named as in `ndcg@10`, with the options of the run.
    public func report(options: [String: String], version: String) throws -> String {
        let report = Report(
            options: options, version: version,
            models: comparison.models.map { model in
                Report.Model(
                    model: model, mean: named(comparison.means(model)),
                    folds: comparison.results.filter { $0.model == model }.map { named($0.figures) })
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
    }

    private func named(_ figures: [ModelResult.Figure]) -> [String: Double] {
        Dictionary(
            uniqueKeysWithValues: figures.map { figure in
                (figure.metric + (figure.cutoff.map { "@\($0)" } ?? ""), figure.value)
            })
    }

    private struct Report: Encodable {
        struct Model: Encodable {
            let model: String
            let mean: [String: Double]
            let folds: [[String: Double]]
        }

        let options: [String: String]
        let version: String
        let models: [Model]
    }
}
