import Evaluation
import FileOutput
import Foundation

/// A comparison as tables for a person to read.
struct ComparisonTable {
    private let comparison: Comparison
    /// The width of the longest name, and at least that of `popularity`.
    private let width: Int

    init(_ comparison: Comparison) {
        self.comparison = comparison
        width = comparison.models.map(\.count).reduce(10, max)
    }

    var text: String {
        let count = comparison.foldCount
        let sections = [
            summary, cost, calibration, gainByCutoff,
            buckets(
                "RMSE by the number of the user's training ratings", { $0.ratings?.buckets.byActivity ?? [] },
                isRootMean: true),
            buckets(
                "RMSE by the number of the item's training ratings", { $0.ratings?.buckets.byPopularity ?? [] },
                isRootMean: true),
            buckets(
                "nDCG@10 by the number of the user's training ratings", { $0.rankings?.ndcgByActivity ?? [] },
                isRootMean: false),
            differences, overlaps,
        ].filter { !$0.isEmpty }
        return (["Best model by metric, mean of \(count) \(count == 1 ? "fold" : "folds")"] + sections)
            .joined(separator: "\n\n")
    }

    /// A row for each model, the best value of each column marked.
    private var summary: String {
        let columns = [
            Column(title: "RMSE", metric: .rmse, best: .lowest), Column(title: "MAE", metric: .mae, best: .lowest),
            Column(title: "nDCG@10", metric: .ndcg, cutoff: 10, best: .highest),
            Column(title: "recall@10", metric: .recall, cutoff: 10, best: .highest),
            Column(title: "hits@10", metric: .hitRate, cutoff: 10, best: .highest),
            Column(title: "coverage", metric: .coverage, cutoff: 10, decimals: 3),
            Column(title: "novelty", metric: .novelty, cutoff: 10, decimals: 2),
            Column(title: "diversity", metric: .diversity, cutoff: 10, decimals: 3),
        ]
        return table(columns)
    }

    private var cost: String {
        let columns = [
            Column(title: "fit s", metric: .fitSeconds, decimals: 2),
            Column(title: "ratings/s", metric: .predictionsPerSecond, decimals: 0),
            Column(title: "lists/s", metric: .listsPerSecond, decimals: 0),
            Column(title: "bytes", metric: .modelBytes, decimals: 0),
        ]
        return "  Performance\n" + table(columns)
    }

    private var gainByCutoff: String {
        let cutoffs = comparison.results.first { $0.rankings != nil }?.rankings?.metrics.map(\.cutoff) ?? []
        guard !cutoffs.isEmpty else { return "" }
        let columns = cutoffs.map { Column(title: "k = \($0)", metric: .ndcg, cutoff: $0, best: .highest) }
        return "  nDCG by cut-off k\n" + table(columns, where: { $0.rankings != nil })
    }

    /// A row for each model of some kind.
    private func table(_ columns: [Column], where isMeant: (ModelResult) -> Bool = { _ in true }) -> String {
        let meant = Set(comparison.results.filter(isMeant).map(\.model))
        let means = comparison.models.filter(meant.contains).map { (model: $0, figures: comparison.means($0)) }
        let header = String(repeating: " ", count: width + 2) + columns.map { $0.padded($0.title + "  ") }.joined()
        let rows = means.map { row in
            name(row.model) + columns.map { $0.cell(row.figures, among: means.map(\.figures)) }.joined()
        }
        return trimmed([header] + rows)
    }

    /// A row for each model, a column for each bucket that any has.
    private func buckets(
        _ title: String, _ groups: (ModelResult) -> [RatingBuckets.Group], isRootMean: Bool
    ) -> String {
        let rows = comparison.models.map { ($0, comparison.buckets($0, groups, isRootMean: isRootMean)) }
            .filter { !$0.1.isEmpty }
        let columns = CountBucket.all.filter { bucket in rows.contains { $0.1.contains { $0.bucket == bucket } } }
        guard !columns.isEmpty else { return "" }
        let header = String(repeating: " ", count: width + 2) + columns.map { Console.aligned("\($0)  ", 12) }.joined()
        let lines = rows.map { model, groups in
            name(model)
                + columns.map { bucket in
                    let value = groups.first { $0.bucket == bucket }?.value
                    return Console.aligned((value.map { $0.fixed(4) } ?? "–") + "  ", 12)
                }.joined()
        }
        return trimmed(["  \(title)", header] + lines)
    }

    private var calibration: String {
        let levels: [(percent: Int, metric: Metric)] = [(50, .inside50), (80, .inside80), (95, .inside95)]
        let rows = comparison.models.compactMap { model -> String? in
            let figures = comparison.means(model)
            let shares = levels.compactMap { level in figures.first { $0.metric == level.metric }?.value }
            guard shares.count == levels.count else { return nil }
            return name(model) + shares.map { Console.aligned((100 * $0).fixed(1) + " %  ", 12) }.joined()
        }
        guard !rows.isEmpty else { return "" }
        let header =
            String(repeating: " ", count: width + 2) + levels.map { Console.aligned("\($0.percent) %  ", 12) }.joined()
        return trimmed(["  Coverage of the prediction intervals", header] + rows)
    }

    /// Each pair of models with the interval of its mean difference over users; `*` marks a significant difference.
    private var differences: String {
        let rows = comparison.differences.map { difference in
            let interval =
                "[\(signed(difference.interval.lower)), \(signed(difference.interval.upper))]"
            let star = difference.better == nil ? "" : " *"
            return "  "
                + "\(difference.metric.rawValue) \(difference.first) − \(difference.second)".padding(
                    toLength: pairWidth, withPad: " ", startingAt: 0)
                + Console.aligned(signed(difference.mean), 9) + "  " + interval
                + "  p \(probability(difference.adjustedPValue)), effect \(signed(difference.effectSize, 2))\(star)"
        }
        guard !rows.isEmpty else { return "" }
        return trimmed(
            [
                "  Differences by user, with 95 % intervals (* significant: adjusted p < 0.05 by signed ranks, and mean and ranks agree)"
            ] + rows)
    }

    private var overlaps: String {
        let rows = comparison.overlaps.map { overlap in
            "  " + "\(overlap.first), \(overlap.second)".padding(toLength: pairWidth, withPad: " ", startingAt: 0)
                + "Jaccard \(overlap.jaccard.fixed(3)), rank-biased \(overlap.rankBiasedOverlap.fixed(3))"
        }
        guard !rows.isEmpty else { return "" }
        return trimmed(["  Overlap of the top-10 lists"] + rows)
    }

    /// The width of a metric with the names of two models.
    private var pairWidth: Int { 12 + 2 * width }

    private func name(_ model: String) -> String {
        "  " + model.padding(toLength: width, withPad: " ", startingAt: 0)
    }

    private func signed(_ value: Double, _ decimals: Int = 4) -> String {
        (value >= 0 ? "+" : "") + value.fixed(decimals)
    }

    private func probability(_ p: Double) -> String { p < 0.0001 ? "< 0.0001" : p.fixed(4) }

    private func trimmed(_ lines: [String]) -> String {
        lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
    }
}

/// A column of the table: one metric, its best value marked.
private struct Column {
    enum Best { case lowest, highest, none }

    let title: String
    let metric: Metric
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
        return padded(value.fixed(decimals) + (value == mark ? " ◂" : "  "))
    }

    private func value(_ figures: [ModelResult.Figure]) -> Double? {
        figures.first { $0.metric == metric && $0.cutoff == cutoff }?.value
    }
}
