import FileOutput

/// The frame of every chart, with a title and description for screen readers.
struct Picture {
    /// Unique within the page.
    let id: String
    let title: String
    let description: String
    let width: Double
    let height: Double

    func svg(_ content: Markup) -> Markup {
        """
        <svg class="chart" viewBox="0 0 \(width) \(height)" role="img" aria-labelledby="\(id)-title \(id)-text">
        <title id="\(id)-title">\(title)</title><desc id="\(id)-text">\(description)</desc>
        \(content)</svg>

        """
    }

    /// The vertical axis: a grid line and a label per tick.
    static func verticalAxis(_ scale: Scale, from left: Double, to right: Double) -> Markup {
        let lines = scale.ticks.map { tick -> Markup in
            let y = scale(tick.value)
            return """
                <path class="grid" d="M\(left) \(y)H\(right)"/>\
                <text class="tick" x="\(left - 8)" y="\(y + 4)" text-anchor="end">\(tick.label)</text>

                """
        }
        return "\(lines)"
    }

    /// The horizontal axis: a line with labels below.
    static func horizontalAxis(_ scale: Scale, _ ticks: [Scale.Tick], at y: Double) -> Markup {
        let labels = ticks.map { tick -> Markup in
            let x = scale(tick.value)
            let note: Markup =
                tick.note.isEmpty ? "" : "<tspan class=\"muted\" x=\"\(x)\" dy=\"14\">\(tick.note)</tspan>"
            return
                "<text class=\"tick\" x=\"\(x)\" y=\"\(y + 17)\" text-anchor=\"middle\">\(tick.label)\(note)</text>\n"
        }
        return
            "<path class=\"axis\" d=\"M\(min(scale.start, scale.end)) \(y)H\(max(scale.start, scale.end))\"/>\n\(labels)"
    }
}
