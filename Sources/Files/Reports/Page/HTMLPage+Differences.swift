import Evaluation
import FileOutput

extension HTMLPage {
    var differenceSection: Section? {
        let metrics = comparison.differences.reduce(into: [Metric]()) { metrics, difference in
            if !metrics.contains(difference.metric) { metrics.append(difference.metric) }
        }
        guard !metrics.isEmpty else { return nil }
        let tables = metrics.map { metric in table(comparison.differences.filter { $0.metric == metric }, of: metric) }
        return Section(
            id: "differences", title: "Are the differences real?",
            body: """
                <p>Every pair of models on the same users: the mean over users of first − second, its 95 % interval by \
                the bootstrap, and the signed-rank test, whose p-values are adjusted by Holm for all pairs of the table. \
                The effect size runs from −1 to 1 and is positive where the first is larger.</p>
                \(tables)
                """)
    }

    private func table(_ differences: [PairedDifference], of metric: Metric) -> Markup {
        let name = metric == .ndcg ? "nDCG@\(ComparisonReport.cutoff)" : metric.rawValue.uppercased()
        let rule = metric.isLowerBetter ? "lower is better" : "higher is better"
        let plot = IntervalPlot(differences)
        let users = differences.first?.userCount ?? 0
        let table: Markup = """
            <table class="differences">
            <caption>\(name) of \(users.counted("user")); \(rule)</caption>
            <thead>
            <tr><th scope="col">first − second</th><th scope="col">difference</th><th scope="col">95 % interval</th>\
            <th class="plot"><span class="unseen">plot of the interval</span>\(plot.axis)</th>\
            <th scope="col">adjusted p</th><th scope="col">effect size</th><th scope="col" class="text">better</th></tr>
            </thead>
            <tbody>
            \(differences.map { row($0, plot) })</tbody>
            </table>

            """
        return HTMLPage.scrolling(table, name: "Differences in \(name)")
    }

    private func row(_ difference: PairedDifference, _ plot: IntervalPlot) -> Markup {
        let better = difference.better.flatMap(mark)
        let verdict: Markup =
            better.map { "<strong class=\"name \($0.cssClass)\">\($0.model)</strong>" }
            ?? "<span class=\"muted\">neither</span>"
        let interval = difference.interval
        return """
            <tr><th scope="row">\(difference.first) − \(difference.second)</th><td>\(difference.mean.signed(4))</td>\
            <td class="nowrap">\(interval.lower.signed(4)) … \(interval.upper.signed(4))</td>\
            <td class="plot">\(plot.row(difference, better: better))</td><td>\(difference.adjustedPValue.pValue)</td>\
            <td>\(difference.effectSize.signed(2))</td><td class="text">\(verdict)</td></tr>

            """
    }
}
