public import Evaluation
import Foundation

/// A comparison of models as files for machines.
public struct ComparisonExport: Sendable {
    private let comparison: Comparison

    public init(_ comparison: Comparison) {
        self.comparison = comparison
    }

    /// `metrics.csv`, long: model, fold (a number or `mean`), metric, at (the cut-off, empty here), value.
    public func writeMetrics(to writer: inout ByteWriter) throws(OutputError) {
        try writer.write("model,fold,metric,at,value\n")
        for result in comparison.results {
            for (metric, value) in Self.metrics {
                try writer.write("\(result.model),\(result.fold),\(metric),,\(value(result))\n")
            }
        }
        for model in comparison.models {
            for (metric, value) in Self.metrics {
                try writer.write("\(model),mean,\(metric),,\(comparison.mean(model, value))\n")
            }
        }
    }

    private static var metrics: [(name: String, value: (Comparison.Result) -> Double)] {
        [
            ("rmse", { $0.metrics.rmse }), ("mae", { $0.metrics.mae }), ("r_squared", { $0.metrics.rSquared }),
            ("test_ratings", { Double($0.metrics.count) }), ("cold_ratings", { Double($0.coldCount) }),
            ("fit_seconds", { $0.fitSeconds }),
            ("predictions_per_second", { Double($0.metrics.count) / $0.predictionSeconds }),
        ]
    }

    /// `report.json`: the same, by model, with the options of the run.
    public func report(options: [String: String], version: String) throws -> String {
        let report = Report(
            options: options, version: version,
            models: comparison.models.map { model in
                Report.Model(
                    model: model, mean: Self.values { comparison.mean(model, $0) },
                    folds: comparison.results.filter { $0.model == model }.map { result in
                        Self.values { $0(result) }
                    })
            })
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
    }

    private static func values(
        _ of: ((Comparison.Result) -> Double) -> Double
    ) -> [String: Double] {
        Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, of($0.value)) })
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
