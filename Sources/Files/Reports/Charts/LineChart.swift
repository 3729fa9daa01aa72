import FileOutput

/// Lines of several models over a common axis.
struct LineChart {
    struct Point {
        let x: Double
        let y: Double
        /// The point's tooltip.
        let label: String
    }

    struct Series {
        let mark: ModelMark
        /// Ascending in x.
        let points: [Point]
    }

    /// Something that happened at a place of the common axis.
    struct Event {
        let mark: ModelMark
        let x: Double
        /// The event's tooltip.
        let label: String
    }

    static let left = 52.0
    static let right = 508.0
    private static let top = 30.0
    private static let bottom = 240.0
    /// Closer points have no mark, so that a long curve stays a line.
    private static let markDistance = 24.0

    let id: String
    let title: String
    let xTitle: String
    let yTitle: String
    let x: Scale
    let xTicks: [Scale.Tick]
    let y: Scale
    let series: [Series]
    /// Whether to draw the line x = y.
    var hasDiagonal = false
    /// Drawn as short strokes above the axis.
    var events: [Event] = []
    /// The height of an event's stroke.
    private static let stroke = 10.0

    /// The vertical axis of a chart with these points.
    static func vertical(_ series: [Series], withZero: Bool = false) -> Scale {
        .linear(over: series.flatMap { $0.points.map(\.y) }, withZero: withZero, start: bottom, end: top)
    }

    static func logarithmicVertical(_ series: [Series]) -> Scale {
        .logarithmic(over: series.flatMap { $0.points.map(\.y) }, start: bottom, end: top)
    }

    var svg: Markup {
        let hasNotes = xTicks.contains { !$0.note.isEmpty }
        let titleY = Self.bottom + (hasNotes ? 52 : 38)
        let picture = Picture(id: id, title: title, description: description, width: 520, height: titleY + 8)
        return picture.svg(
            """
            \(Picture.verticalAxis(y, from: Self.left, to: Self.right))\
            \(Picture.horizontalAxis(x, xTicks, at: Self.bottom))\
            <text class="axis-title" x="0" y="12">\(yTitle)</text>
            <text class="axis-title" x="\((Self.left + Self.right) / 2)" y="\(titleY)" text-anchor="middle">\(xTitle)</text>
            \(hasDiagonal ? diagonal : nil)\(series.map(drawing))\(events.map(drawing))
            """)
    }

    private var diagonal: Markup {
        let (low, high) = (max(x.domain.lowerBound, y.domain.lowerBound), min(x.domain.upperBound, y.domain.upperBound))
        return "<path class=\"ideal\" d=\"M\(x(low)) \(y(low))L\(x(high)) \(y(high))\"/>\n"
    }

    private func drawing(_ series: Series) -> Markup {
        let points = series.points.map { (x: x($0.x), y: y($0.y)) }
        var lastMark = -Double.infinity
        let marks = zip(points, series.points).compactMap { place, point -> Markup? in
            guard place.x - lastMark >= Self.markDistance else { return nil }
            lastMark = place.x
            return series.mark.point(place.x, place.y, label: "\(series.mark.model), \(point.label)")
        }
        let line = points.count > 1 ? series.mark.line(points) : nil
        return "<g class=\"\(series.mark.cssClass)\">\(line)\(marks)</g>\n"
    }

    /// Models one above the other, so that no stroke hides another.
    private func drawing(_ event: Event) -> Markup {
        let place = Self.bottom - Self.stroke * Double(event.mark.index)
        return """
            <g class="\(event.mark.cssClass)"><path class="line" d="M\(x(event.x)) \(place)v\(-Self.stroke)">\
            <title>\(event.label)</title></path></g>

            """
    }

    private var description: String {
        series.map { series in
            let labels = series.points.map(\.label)
            let shown = labels.count <= 12 ? labels : [labels[0], "…", labels[labels.count - 1]]
            return "\(series.mark.model): \(shown.joined(separator: "; "))."
        }.joined(separator: " ")
    }
}
