import Evaluation
import FileOutput

/// Means over the folds: one row per model, one column per metric, with the best of each column marked.
struct SummaryTable {
    private struct Column {
        enum Best { case lowest, highest }

        let title: String
        let metric: Metric
        var cutoff: Int?
        let best: Best
        let text: (Double) -> String
        /// Whether differences were tested for it.
        var isTested = false
    }

    let report: ComparisonReport
    let marks: [ModelMark]

    var markup: Markup {
        let groups = groups.map { (title: $0.title, columns: $0.columns.filter(hasValues)) }
            .filter { !$0.columns.isEmpty }
        let columns = groups.flatMap(\.columns)
        let heads = groups.map { group -> Markup in
            "<th scope=\"colgroup\" colspan=\"\(group.columns.count)\">\(group.title)</th>"
        }
        let titles = columns.map { "<th scope=\"col\">\($0.title)</th>" as Markup }
        let rows = marks.map { mark -> Markup in
            let name: Markup = "<th scope=\"row\"><span class=\"name \(mark.cssClass)\">\(mark.model)</span></th>"
            return "<tr>\(name)\(columns.map { cell($0, mark.model) })</tr>\n"
        }
        let spans = groups.map { "<colgroup span=\"\($0.columns.count)\"></colgroup>" as Markup }
        return """
            <table class="summary">
            <caption>Means over \(report.comparison.foldCount.counted("fold")).\
            \(marks.count > 1 ? " In a frame: the best of its column." : "")\
            \(columns.contains(where: isStarred) ? testedNote : nil)</caption>
            <colgroup></colgroup>\(spans)
            <thead>
            <tr><td></td>\(heads)</tr>
            <tr><th scope="col">model</th>\(titles)</tr>
            </thead>
            <tbody>
            \(rows)</tbody>
            </table>

            """
    }

    private var testedNote: Markup {
        """
         * RMSE and nDCG: significantly better than the second best (signed-rank test over users, \
        <span class="nowrap">Holm-adjusted p &lt; 0.05</span>).
        """
    }

    private var groups: [(title: String, columns: [Column])] {
        let k = ComparisonReport.cutoff
        let four: (Double) -> String = { $0.fixed(4) }
        let compact: (Double) -> String = { $0.compact }
        return [
            (
                "Predicted ratings",
                [
                    Column(title: "RMSE", metric: .rmse, best: .lowest, text: four, isTested: true),
                    Column(title: "MAE", metric: .mae, best: .lowest, text: four),
                    Column(title: "R²", metric: .rSquared, best: .highest, text: four),
                ]
            ),
            (
                "Lists, first \(k) places",
                [
                    Column(title: "nDCG", metric: .ndcg, cutoff: k, best: .highest, text: four, isTested: true),
                    Column(title: "recall", metric: .recall, cutoff: k, best: .highest, text: four),
                    Column(title: "hit rate", metric: .hitRate, cutoff: k, best: .highest, text: { $0.fixed(3) }),
                    Column(title: "coverage", metric: .coverage, cutoff: k, best: .highest, text: { $0.fixed(3) }),
                    Column(title: "novelty", metric: .novelty, cutoff: k, best: .highest, text: { $0.fixed(2) }),
                    Column(title: "diversity", metric: .diversity, cutoff: k, best: .highest, text: { $0.fixed(3) }),
                ]
            ),
            (
                "Cost",
                [
                    Column(title: "fit, s", metric: .fitSeconds, best: .lowest, text: { $0.fixed($0 < 100 ? 2 : 0) }),
                    Column(
                        title: "ratings/s", metric: .predictionsPerSecond, best: .highest, text: compact),
                    Column(title: "lists/s", metric: .listsPerSecond, best: .highest, text: compact),
                    Column(title: "size, bytes", metric: .modelBytes, best: .lowest, text: compact),
                ]
            ),
        ]
    }

    private func value(_ column: Column, _ model: String) -> Double? {
        report.mean(column.metric, at: column.cutoff, of: model)
    }

    private func hasValues(_ column: Column) -> Bool {
        marks.contains { value(column, $0.model) != nil }
    }

    /// nil unless there is a worse value.
    private func best(of column: Column) -> Double? {
        let values = marks.compactMap { value(column, $0.model) }
        guard let lowest = values.min(), let highest = values.max(), lowest < highest else { return nil }
        return column.best == .lowest ? lowest : highest
    }

    private func isStarred(_ column: Column) -> Bool {
        marks.contains { isSignificant(column, $0.model) }
    }

    private func cell(_ column: Column, _ model: String) -> Markup {
        guard let value = value(column, model) else { return "<td class=\"none\">–</td>" }
        guard value == best(of: column) else { return "<td>\(column.text(value))</td>" }
        let isSignificant = isSignificant(column, model)
        let star: Markup? =
            isSignificant ? "<sup aria-hidden=\"true\">*</sup><span class=\"unseen\">, significantly</span>" : nil
        return """
            <td><span class="frame\(isSignificant ? " starred" : "")"><strong>\(column.text(value))</strong>\
            <span class="unseen"> best</span>\(star)</span></td>
            """
    }

    private func isSignificant(_ column: Column, _ model: String) -> Bool {
        guard column.isTested else { return false }
        let leader = Leader(column.metric, at: column.cutoff, in: report)
        return leader?.model == model && leader?.isSignificant == true
    }
}

extension HTMLPage {
    var summarySection: Section? {
        guard !marks.isEmpty else { return nil }
        let table = HTMLPage.scrolling(SummaryTable(report: report, marks: marks).markup, name: "Summary")
        return Section(id: "summary", title: "Summary", body: table)
    }
}
