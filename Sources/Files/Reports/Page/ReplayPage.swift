import Engine
import Evaluation
import FileOutput
import Foundation

/// A replay as an HTML page: the answer, a table, and curves of the error over the ratings.
struct ReplayPage {
    private let report: ReplayReport
    private let marks: [ModelMark]

    init(_ report: ReplayReport) {
        self.report = report
        marks = report.configuration.scored.enumerated().map { ModelMark(model: $0.element.rawValue, index: $0.offset) }
    }

    var markup: Markup {
        HTMLPage.document(
            title: "Error over time on \(report.source)",
            """
            <header>
            <h1>Error over time on <span class="source">\(report.source)</span></h1>
            <p class="answer">\(answer)</p>
            <p class="facts">\(facts)</p>
            </header>
            \(section("end", "All ratings", tableText, table))\
            \(section("window", "The last \(report.configuration.window.grouped) ratings", curveText, curves))\
            \(section("new", "Users who are new", newText, newCurves))\
            <footer><p>Written by kindred \(report.version). The curves are in <code>stream_error.csv</code>, the figures at \
            the end and the drift in <code>summary.json</code>.</p></footer>

            """)
    }

    private func section(_ id: String, _ title: String, _ text: Markup, _ body: Markup) -> Markup {
        """
        <section id="\(id)" aria-labelledby="\(id)-heading">
        <h2 id="\(id)-heading">\(title)</h2>
        <p>\(text)</p>
        \(body)\
        </section>

        """
    }

    // MARK: - Words

    private var answer: String {
        guard let last = report.replay.points.last else { return "There are no ratings." }
        let errors = last.total.filter { $0.users == .all }.compactMap { part in
            part.sums.rmse.map { "\(part.model) \($0.fixed(4))" }
        }
        return "\(last.ratings.counted("rating")), each predicted by those before it, scored, and only then learned. "
            + "RMSE: \(errors.joined(separator: ", "))."
    }

    private var facts: String {
        report.options.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: " · ")
    }

    private var tableText: Markup {
        """
        Prequential error. It is not the error on held-out ratings, and the two do not compare: here early ratings are \
        predicted from little, and late ones by all that came before. The baseline are running biases. A hit is a like \
        (\(Double(report.likeThreshold).plain) or more) that was among the first \(report.configuration.listLength) of \
        the user's list; a user's first like is not looked for.
        """
    }

    private var curveText: Markup {
        """
        Over the sliding window, against the number of ratings so far; dates are those of the ratings. Strokes above the axis \
        are drift: there an adaptive window (ADWIN) over the absolute error was cut. What moves all curves at once lies in \
        the ratings, such as users who are hard to predict; the distance to the baseline tells what a model adds.
        """
    }

    private var newText: Markup {
        "Ratings of users with fewer than \(report.configuration.newUserLimit) ratings before, among those of the window."
    }

    // MARK: - Table

    private var table: Markup {
        let last = report.replay.points.last
        let rows = zip(last?.total ?? [], last?.window ?? []).filter { $0.0.sums.count + $0.0.sums.likes > 0 }
            .map { total, window -> Markup in
                """
                <tr><th scope="row">\(total.model)</th><td class="text">\(total.users.rawValue)</td>\
                \(cells(total.sums))\(cells(window.sums))</tr>

                """
            }
        let heads = ["ratings", "RMSE", "MAE", "hit rate@\(report.configuration.listLength)"].map {
            "<th scope=\"col\">\($0)</th>" as Markup
        }
        let table: Markup = """
            <table class="summary">
            <thead>
            <tr><td></td><td></td><th scope="colgroup" colspan="4">All ratings</th>\
            <th scope="colgroup" colspan="4">Last \(report.configuration.window.grouped)</th></tr>
            <tr><th scope="col">model</th><th scope="col" class="text">users</th>\(heads)\(heads)</tr>
            </thead>
            <tbody>
            \(rows)</tbody>
            </table>

            """
        return HTMLPage.scrolling(table, name: "Errors")
    }

    private func cells(_ sums: ErrorSums) -> [Markup] {
        let texts = [
            sums.count > 0 ? sums.count.grouped : nil, sums.rmse?.fixed(4), sums.mae?.fixed(4), sums.hitRate?.fixed(4),
        ]
        return texts.map { text in text.map { "<td>\($0)</td>" } ?? "<td class=\"none\">–</td>" }
    }

    // MARK: - Curves

    private var curves: Markup {
        """
        \(ModelMark.legend(marks))\
        <div class="pair">
        \(chart("rmse", "RMSE", .all, hasDrift: true) { $0.rmse })\
        \(chart("mae", "MAE", .all, hasDrift: true) { $0.mae })\
        \(chart("hits", "hit rate@\(report.configuration.listLength)", .all) { $0.hitRate })</div>

        """
    }

    private var newCurves: Markup {
        """
        <div class="pair">
        \(chart("new-rmse", "RMSE", .new) { $0.rmse })\
        \(chart("new-hits", "hit rate@\(report.configuration.listLength)", .new) { $0.hitRate })</div>

        """
    }

    /// nil without figures.
    private func chart(
        _ id: String, _ yTitle: String, _ users: PrequentialError.Users, hasDrift: Bool = false,
        _ figure: (ErrorSums) -> Double?
    ) -> Markup? {
        let series = marks.compactMap { mark -> LineChart.Series? in
            let points = report.replay.points.compactMap { point -> LineChart.Point? in
                guard
                    let part = point.window.first(where: { $0.model == mark.model && $0.users == users }),
                    let value = figure(part.sums)
                else { return nil }
                return LineChart.Point(
                    x: Double(point.ratings), y: value, label: "\(point.ratings.grouped): \(value.fixed(4))")
            }
            return points.isEmpty ? nil : LineChart.Series(mark: mark, points: points)
        }
        guard !series.isEmpty else { return nil }
        let ratings = report.replay.points.map { Double($0.ratings) }
        // The label of the last tick is wider than those of other charts.
        let x = Scale.linear(over: ratings, withZero: true, start: LineChart.left, end: LineChart.right - 24)
        var chart = LineChart(
            id: "\(id)-chart", title: "\(yTitle) over the ratings", xTitle: "ratings so far", yTitle: yTitle, x: x,
            xTicks: x.ticks.map(dated), y: LineChart.vertical(series), series: series)
        if hasDrift { chart.events = drifts }
        return HTMLPage.figure("\(yTitle)", chart.svg)
    }

    private var drifts: [LineChart.Event] {
        report.replay.drifts.compactMap { drift in
            marks.first { $0.model == drift.model }.map { mark in
                LineChart.Event(
                    mark: mark, x: Double(drift.count),
                    label: "\(drift.model), drift at \(drift.count.grouped): MAE \(drift.before.fixed(3)), then "
                        + drift.after.fixed(3))
            }
        }
    }

    /// The tick with the day of the rating there.
    private func dated(_ tick: Scale.Tick) -> Scale.Tick {
        guard let point = report.replay.points.first(where: { Double($0.ratings) >= tick.value }) else { return tick }
        let day = Date(timeIntervalSince1970: Double(point.time)).formatted(.iso8601.year().month().day())
        return Scale.Tick(value: tick.value, label: tick.label, note: day)
    }
}
