import Evaluation
import FileOutput

extension HTMLPage {
    var densitySection: Section? {
        let tables = marks.compactMap { mark in
            JoinedDensity(report.results(of: mark.model).compactMap { $0.ratings?.density }).map { (mark, $0) }
        }
        guard !tables.isEmpty else { return nil }
        let figures = tables.map { mark, density in
            HTMLPage.figure(
                "\(mark.model)", DensityChart(id: "density-\(mark.index)", mark: mark, density: density).svg)
        }
        return Section(
            id: "density", title: "Predicted and actual ratings",
            body: """
                <p>A column for each rating that was given: the stronger the color, the more of its predictions lie there, \
                in shades of each model's own. The short line is the rating itself, and the dot the mean of its \
                predictions. Where all dots are at one height, a model says the same of everything.</p>
                <div class="multiples">
                \(figures)</div>

                """)
    }

    var calibrationSection: Section? {
        let byModel = marks.map { mark in
            (mark: mark, levels: CalibrationLevel.means(of: report.results(of: mark.model)))
        }
        .filter { !$0.levels.isEmpty }
        guard !byModel.isEmpty else { return nil }
        let table: Markup = """
            <table>
            <caption>Ratings inside the predicted intervals</caption>
            <thead><tr><th scope="col">model</th><th scope="col">interval</th><th scope="col">ratings inside</th>\
            <th scope="col">mean width</th></tr></thead>
            <tbody>
            \(byModel.flatMap { model in rows(model.mark, model.levels) })</tbody>
            </table>

            """
        return Section(
            id: "calibration", title: "Do models know how sure they are?",
            body: """
                <p>The interval of 80 % should hold 80 % of the ratings. Above the diagonal a model's intervals are wider \
                than they need be, below it they are too narrow; of two models on the diagonal the one with narrower \
                intervals is the better.</p>
                \(byModel.count > 1 ? ModelMark.legend(byModel.map(\.mark)) : nil)\
                <div class="pair">
                \(chart(byModel))\(HTMLPage.scrolling(table, name: "Calibration"))</div>

                """)
    }

    private func rows(_ mark: ModelMark, _ levels: [CalibrationLevel]) -> [Markup] {
        levels.map { level in
            """
            <tr><th scope="row"><span class="name \(mark.cssClass)">\(mark.model)</span></th>\
            <td>\(level.level.percent)</td><td>\((100 * level.share).fixed(1)) %</td><td>\(level.width.fixed(2))</td></tr>

            """
        }
    }

    private func chart(_ byModel: [(mark: ModelMark, levels: [CalibrationLevel])]) -> Markup {
        let series = byModel.map { model in
            LineChart.Series(
                mark: model.mark,
                points: model.levels.map {
                    LineChart.Point(
                        x: 100 * $0.level, y: 100 * $0.share,
                        label: "\((100 * $0.share).fixed(1)) % inside the interval of \($0.level.percent)")
                })
        }
        let x = Scale.linear(over: [40, 100], start: LineChart.left, end: LineChart.right)
        // Includes the ideal in the range.
        let ideal = LineChart.Series(mark: byModel[0].mark, points: [LineChart.Point(x: 40, y: 40, label: "")])
        let end = LineChart.Series(mark: byModel[0].mark, points: [LineChart.Point(x: 100, y: 100, label: "")])
        let chart = LineChart(
            id: "calibration-chart", title: "Ratings inside the predicted intervals", xTitle: "claimed, %",
            yTitle: "inside, %", x: x, xTicks: x.ticks, y: LineChart.vertical(series + [ideal, end]), series: series,
            hasDiagonal: true)
        return HTMLPage.figure("Claimed and actual", chart.svg)
    }
}

/// The intervals of one level, averaged over folds.
private struct CalibrationLevel {
    let level: Double
    let share: Double
    let width: Double

    static func means(of results: [ModelResult]) -> [CalibrationLevel] {
        let folds = results.compactMap { $0.ratings?.calibration?.levels }
        return (folds.first ?? []).map(\.level).compactMap { level in
            let own = folds.compactMap { $0.first { $0.level == level } }
            let mean = { (value: (Calibration.Level) -> Double) in own.reduce(0) { $0 + value($1) } / Double(own.count)
            }
            let (share, width) = (mean(\.share), mean(\.meanWidth))
            return share.isFinite ? CalibrationLevel(level: level, share: share, width: width) : nil
        }
    }
}
