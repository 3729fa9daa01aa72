import Evaluation
import Foundation

/// A comparison as tables for a person to read.
struct ComparisonTable {
    private let comparison: Comparison

    init(_ comparison: Comparison) {
        self.comparison = comparison
    }

    var text: String {
        let count = comparison.foldCount
        let sections = [summary, calibration, differences, overlaps].filter { !$0.isEmpty }
        return (["Which model is best at what, mean of \(count) \(count == 1 ? "fold" : "folds")"] + sections)
            .joined(separator: "\n\n")
    }

    /// A row for each model, the best value of each column marked.
    private var summary: String {
        let columns = [
            Column(title: "RMSE", metric: "rmse", best: .lowest), Column(title: "MAE", metric: "mae", best: .lowest),
            Column(title: "nDCG@10", metric: "ndcg", cutoff: 10, best: .highest),
            Column(title: "recall@10", metric: "recall", cutoff: 10, best: .highest),
            Column(title: "hits@10", metric: "hit_rate", cutoff: 10, best: .highest),
            Column(title: "coverage", metric: "coverage", cutoff: 10, decimals: 3),
            Column(title: "novelty", metric: "novelty", cutoff: 10, decimals: 2),
            Column(title: "fit s", metric: "fit_seconds", decimals: 2),
        ]
        let means = comparison.models.map { (model: $0, figures: comparison.means($0)) }
        let header = String(repeating: " ", count: 12) + columns.map { $0.padded($0.title + "  ") }.joined()
        let rows = means.map { row in
            name(row.model) + columns.map { $0.cell(row.figures, among: means.map(\.figures)) }.joined()
        }
        return trimmed([header] + rows)
    }

    private var calibration: String {
        let levels = [50, 80, 95]
        let rows = comparison.models.compactMap { model -> String? in
            let figures = comparison.means(model)
            let shares = levels.compactMap { level in figures.first { $0.metric == "inside_\(level)" }?.value }
            guard shares.count == levels.count else { return nil }
            return name(model) + shares.map { Console.aligned(Console.fixed(100 * $0, 1) + " %  ", 12) }.joined()
        }
        guard !rows.isEmpty else { return "" }
        let header = String(repeating: " ", count: 12) + levels.map { Console.aligned("\($0) %  ", 12) }.joined()
        return trimmed(["  Ratings inside the intervals that should hold", header] + rows)
    }

    /// Each pair of models with the interval of its mean difference over users; `*` where it is no accident.
    private var differences: String {
        let rows = comparison.differences.map { difference in
            let interval =
                "[\(signed(difference.interval.lower)), \(signed(difference.interval.upper))]"
            let star = difference.adjustedPValue < 0.05 ? " *" : ""
            return "  "
                + "\(difference.metric) \(difference.first) − \(difference.second)".padding(
                    toLength: 32, withPad: " ", startingAt: 0)
                + Console.aligned(signed(difference.mean), 9) + "  " + interval
                + "  p \(probability(difference.adjustedPValue)), effect \(signed(difference.effectSize, 2))\(star)"
        }
        guard !rows.isEmpty else { return "" }
        return trimmed(["  Differences by user, with 95 % intervals (* p < 0.05 by signed ranks, Holm)"] + rows)
    }

    private var overlaps: String {
        let rows = comparison.overlaps.map { overlap in
            "  " + "\(overlap.first), \(overlap.second)".padding(toLength: 32, withPad: " ", startingAt: 0)
                + "Jaccard \(Console.fixed(overlap.jaccard, 3)), rank-biased \(Console.fixed(overlap.rankBiasedOverlap, 3))"
        }
        guard !rows.isEmpty else { return "" }
        return trimmed(["  What the top-10 lists share"] + rows)
    }

    private func name(_ model: String) -> String {
        "  " + model.padding(toLength: 10, withPad: " ", startingAt: 0)
    }

    private func signed(_ value: Double, _ decimals: Int = 4) -> String {
        (value >= 0 ? "+" : "") + Console.fixed(value, decimals)
    }

    private func probability(_ p: Double) -> String { p < 0.0001 ? "< 0.0001" : Console.fixed(p, 4) }

    private func trimmed(_ lines: [String]) -> String {
        lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
    }
}

/// A column of the table: one metric, its best value marked.
private struct Column {
    enum Best { case lowest, highest, none }

    let title: String
    let metric: String
    var cutoff: Int?
    var best = Best.none
    var decimals = 4

    func padded(_ text: String) -> String { Console.aligned(text, 12) }

    func cell(_ figures: [ModelResult.Figure], among all: [[ModelResult.Figure]]) -> String {
        guard let value = value(figures) else { return padded("–  ") }
        let values = all.compactMap(self.value)
        let mark: Double? =
            switch best {
            case .lowest: values.min()
            case .highest: values.max()
            case .none: nil
            }
        return padded(Console.fixed(value, decimals) + (value == mark ? " ◂" : "  "))
    }

    private func value(_ figures: [ModelResult.Figure]) -> Double? {
        figures.first { $0.metric == metric && $0.cutoff == cutoff }?.value
    }
}
