import FileOutput

/// A parameter search as an HTML page: the winner, all trials, and the score over each parameter, per model.
struct TuningPage {
    let report: TuningReport

    init(_ report: TuningReport) { self.report = report }

    var markup: Markup {
        HTMLPage.document(
            title: "Models tuned on \(report.source)",
            """
            <header>
            <h1>Models tuned on <span class="source">\(report.source)</span></h1>
            <p class="facts">\(facts)</p>
            </header>
            \(report.searches.map(section))\
            <footer><p>Written by kindred \(report.version). Every trial is in <code>trials.csv</code>; \
            <code>--config config.toml</code> takes what won.</p></footer>

            """)
    }

    private var facts: String {
        report.options.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: " · ")
    }

    private func section(_ search: TuningReport.Search) -> Markup {
        let plots = search.parameters.indices.compactMap { parameterFigure(search, $0) }
        return """
            <section id="\(search.model)" aria-labelledby="\(search.model)-heading">
            <h2 id="\(search.model)-heading">\(search.model)</h2>
            <p>\(answer(search))</p>
            \(Self.table(search))\
            \(ModelMark.legend(Self.marks))\
            \(trialFigure(search))\
            \(plots)\
            </section>

            """
    }

    private func answer(_ search: TuningReport.Search) -> String {
        let (usual, best) = (search.trials[0], search.trials[search.winner - 1])
        let splits = best.splits.counted("split")
        guard search.winner > 1 else {
            return "The defaults stay: \(search.metric) \(usual.score.fixed(4)) on \(splits), "
                + "and none of \(search.trials.count.counted("trial")) was better on all of them."
        }
        return "Trial \(search.winner) of \(search.trials.count) wins with \(search.metric) \(best.score.fixed(4)); "
            + "the defaults have \(usual.score.fixed(4)) on the same \(splits)."
    }

    private static func table(_ search: TuningReport.Search) -> Markup {
        let (usual, best) = (search.trials[0], search.trials[search.winner - 1])
        let rows = search.parameters.indices.map { place -> Markup in
            """
            <tr><th scope="row">\(search.parameters[place].name)</th>\
            <td>\(usual.values[place])</td><td>\(best.values[place])</td></tr>

            """
        }
        let table: Markup = """
            <table>
            <caption>What was searched for</caption>
            <thead><tr><th scope="col">parameter</th><th scope="col">default</th><th scope="col">chosen</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>

            """
        return HTMLPage.scrolling(table, name: "Parameters of \(search.model)")
    }

    /// The progress of a trial.
    private static let marks = [
        ModelMark(model: "fell after the first split", index: 0), ModelMark(model: "went on", index: 1),
        ModelMark(model: "defaults", index: 2), ModelMark(model: "chosen", index: 3),
    ]

    private static func kind(_ trial: TuningReport.Search.Trial, _ search: TuningReport.Search) -> Int {
        trial.number == search.winner ? 3 : trial.number == 1 ? 2 : trial.splits > 1 ? 1 : 0
    }

    private func trialFigure(_ search: TuningReport.Search) -> Markup? {
        let trials = search.trials.filter(\.first.isFinite)
        guard trials.count > 1 else { return nil }
        var best = trials[0].first
        let line = trials.map { trial in
            best = search.isLowerBetter ? min(best, trial.first) : max(best, trial.first)
            return LineChart.Point(x: Double(trial.number), y: best, label: best.fixed(4))
        }
        return figure(
            search, trials, "trials", "Every trial, and the best so far", "trial", isLogarithmic: false, line: line
        ) { Double($0.number) }
    }

    private func parameterFigure(_ search: TuningReport.Search, _ place: Int) -> Markup? {
        let parameter = search.parameters[place]
        let trials = search.trials.filter { $0.first.isFinite && Double($0.values[place]) != nil }
        let values = trials.compactMap { Double($0.values[place]) }
        guard Set(values).count > 1 else { return nil }
        return figure(
            search, trials, parameter.name, "Score over \(parameter.name)", parameter.name,
            isLogarithmic: parameter.isLogarithmic && values.allSatisfy { $0 > 0 }
        ) { Double($0.values[place]) ?? 0 }
    }

    private func figure(
        _ search: TuningReport.Search, _ trials: [TuningReport.Search.Trial], _ name: String, _ title: String,
        _ xTitle: String, isLogarithmic: Bool, line: [LineChart.Point] = [],
        at place: (TuningReport.Search.Trial) -> Double
    ) -> Markup {
        let scale = ScatterChart.horizontal(trials.map(place), isLogarithmic: isLogarithmic)
        let series = Self.marks.map { mark in
            let own = trials.filter { Self.kind($0, search) == mark.index }
            return ScatterChart.Series(
                mark: mark,
                points: own.map { trial in
                    LineChart.Point(
                        x: place(trial), y: trial.first,
                        label: "trial \(trial.number): \(trial.first.fixed(4)) at \(place(trial).plain)")
                })
        }
        let chart = ScatterChart(
            id: "\(search.model)-\(name)", title: "\(search.model): \(title)", xTitle: xTitle,
            yTitle: "\(search.metric) on the first split", x: scale, xTicks: scale.ticks,
            y: ScatterChart.vertical(trials.map(\.first)), series: series, line: line)
        return HTMLPage.figure("\(title)", chart.svg)
    }
}
