import Evaluation
import FileOutput

extension HTMLPage {
    var trainingSection: Section? {
        let curves = marks.compactMap { mark -> LineChart.Series? in
            // Losses of the first fold, if any.
            let losses = report.results(of: mark.model).first?.losses ?? []
            guard let first = losses.first, first > 0, losses.count > 1 else { return nil }
            let points = losses.enumerated().filter { $0.element.isFinite && $0.element > 0 }.map { step, loss in
                let (x, y) = (Double(step + 1), loss / first)
                return LineChart.Point(x: x, y: y, label: "step \(step + 1): \(y.fixed(4))")
            }
            return points.count > 1 ? LineChart.Series(mark: mark, points: points) : nil
        }
        guard !curves.isEmpty else { return nil }
        let values = curves.flatMap { $0.points.map(\.y) }
        let steps = curves.flatMap { $0.points.map(\.x) }
        let isSteep = (values.min() ?? 1) < 0.2
        // A long run would squeeze a short one.
        let isLong = (steps.max() ?? 1) > 40
        let (left, right) = (LineChart.left, LineChart.right)
        let x: Scale =
            isLong
            ? .logarithmic(over: steps, start: left, end: right) : .linear(over: steps, start: left, end: right)
        let chart = LineChart(
            id: "training-chart", title: "Training loss by step",
            xTitle: "half-steps or sweeps" + (isLong ? ", logarithmic" : ""),
            yTitle: "loss / first loss" + (isSteep ? ", logarithmic" : ""), x: x, xTicks: x.ticks,
            y: isSteep ? LineChart.logarithmicVertical(curves) : LineChart.vertical(curves), series: curves)
        return Section(
            id: "training", title: "How training went",
            body: """
                <p>The loss after each step of the first fold, as a share of the first. Models have losses of their own, so \
                only the shape of the curves compares: one that has become flat has learned what it can.</p>
                \(ModelMark.legend(curves.map(\.mark)))\
                <div class="pair">
                \(HTMLPage.figure("Loss by step", chart.svg))</div>

                """)
    }
}
