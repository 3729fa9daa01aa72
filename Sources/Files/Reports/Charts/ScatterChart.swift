import FileOutput

/// Points of several kinds over a common axis.
struct ScatterChart {
    struct Series {
        let mark: ModelMark
        let points: [LineChart.Point]
    }

    private static let bottom = 240.0
    private static let top = 30.0

    let id: String
    let title: String
    let xTitle: String
    let yTitle: String
    let x: Scale
    let xTicks: [Scale.Tick]
    let y: Scale
    let series: [Series]
    /// A line behind the points, ascending in x.
    var line: [LineChart.Point] = []

    /// The vertical axis of a chart with these values.
    static func vertical(_ values: [Double]) -> Scale { .linear(over: values, start: bottom, end: top) }

    /// The horizontal axis of a chart with these values, which are positive if it is logarithmic.
    static func horizontal(_ values: [Double], isLogarithmic: Bool) -> Scale {
        isLogarithmic
            ? .logarithmic(over: values, start: LineChart.left + 12, end: LineChart.right - 12)
            : .linear(over: values, start: LineChart.left + 12, end: LineChart.right - 12)
    }

    var svg: Markup {
        let picture = Picture(
            id: id, title: title, description: description, width: 520, height: Self.bottom + 46)
        return picture.svg(
            """
            \(Picture.verticalAxis(y, from: LineChart.left, to: LineChart.right))\
            \(Picture.horizontalAxis(x, xTicks, at: Self.bottom))\
            <text class="axis-title" x="0" y="12">\(yTitle)</text>
            <text class="axis-title" x="\((LineChart.left + LineChart.right) / 2)" y="\(Self.bottom + 38)" text-anchor="middle">\
            \(xTitle)</text>
            \(line.count > 1 ? path : nil)\(series.map(drawing))
            """)
    }

    private var path: Markup {
        let steps = line.map { "\(x($0.x)) \(y($0.y))" as Markup }
        let path = steps.dropFirst().reduce("M\(steps.first)" as Markup) { "\($0)L\($1)" }
        return "<path class=\"ideal\" d=\"\(path)\"/>\n"
    }

    private func drawing(_ series: Series) -> Markup {
        let marks = series.points.map { point in
            series.mark.point(x(point.x), y(point.y), label: "\(series.mark.model), \(point.label)")
        }
        return "<g class=\"\(series.mark.cssClass)\">\(marks)</g>\n"
    }

    private var description: String {
        series.filter { !$0.points.isEmpty }.map { series in
            let labels = series.points.map(\.label)
            let shown = labels.count <= 12 ? labels : [labels[0], "…", labels[labels.count - 1]]
            return "\(series.mark.model): \(shown.joined(separator: "; "))."
        }.joined(separator: " ")
    }
}
