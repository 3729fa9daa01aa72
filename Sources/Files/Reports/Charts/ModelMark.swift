import FileOutput

/// The style of a model in all charts: color, dash and shape, so that color is never needed.
struct ModelMark {
    let model: String
    /// The index among the models of the report.
    let index: Int

    /// The colors of Okabe and Ito, as classes of the style sheet.
    static let colorCount = 8

    var cssClass: String { "m\(index % Self.colorCount)" }

    private var dash: String {
        ["none", "7 3", "2 3", "9 3 2 3", "14 3", "4 2 1 2 1 2"][index % 6]
    }

    func line(_ points: [(x: Double, y: Double)]) -> Markup {
        let steps = points.map { "\($0.x) \($0.y)" as Markup }
        let path = steps.dropFirst().reduce("M\(steps.first)" as Markup) { "\($0)L\($1)" }
        return "<path class=\"line\" stroke-dasharray=\"\(dash)\" d=\"\(path)\"/>"
    }

    /// The model's shape around a point.
    ///
    /// - Parameter label: the tooltip.
    func point(_ x: Double, _ y: Double, label: String) -> Markup {
        "<path class=\"point\" d=\"\(shape(x, y))\"><title>\(label)</title></path>"
    }

    private func shape(_ x: Double, _ y: Double) -> Markup {
        switch index % 7 {
        case 0: "M\(x - 4) \(y)a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z"
        case 1: "M\(x - 3.5) \(y - 3.5)h7v7h-7z"
        case 2: "M\(x) \(y - 5)l5 8.5h-10z"
        case 3: "M\(x) \(y - 5)l5 5l-5 5l-5 -5z"
        case 4: "M\(x) \(y + 5)l5 -8.5h-10z"
        case 5: "M\(x - 1.5) \(y - 5)h3v3.5h3.5v3h-3.5v3.5h-3v-3.5h-3.5v-3h3.5z"
        default: "M\(x) \(y - 5)l4.8 3.5l-1.8 5.6h-6l-1.8 -5.6z"
        }
    }

    /// The mark with its name, for a legend.
    var legendEntry: Markup {
        """
        <li><svg class="\(cssClass)" viewBox="0 0 40 14" width="40" height="14" aria-hidden="true">\
        \(line([(1, 7), (39, 7)]))\(point(20, 7, label: model))</svg>\(model)</li>
        """
    }

    static func legend(_ marks: [ModelMark]) -> Markup {
        "<ul class=\"legend\">\(marks.map(\.legendEntry))</ul>\n"
    }
}
