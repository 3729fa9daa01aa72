import FileOutput

/// The prediction density of one model: one column per actual rating, darker for more predictions.
struct DensityChart {
    private static let left = 32.0
    private static let right = 250.0
    private static let top = 12.0
    private static let bottom = 190.0
    /// The number of shades, without the faintest, which is not drawn; few shades keep the page small, as all cells of
    /// a shade form one path.
    private static let shadeCount = 12

    let id: String
    let mark: ModelMark
    let density: JoinedDensity
    /// The share of a column with the darkest shade.
    ///
    /// Per model: one with constant predictions would make all others pale.
    private let darkest: Double

    init(id: String, mark: ModelMark, density: JoinedDensity) {
        self.id = id
        self.mark = mark
        self.density = density
        darkest = density.ratings.indices.flatMap(density.shares).reduce(0, max)
    }

    private var x: Scale { .categories(density.ratings.count, start: Self.left, end: Self.right) }

    private var y: Scale {
        .linear(
            over: [density.bins[0], density.bins[density.bins.count - 1] + density.binWidth], start: Self.bottom,
            end: Self.top)
    }

    var svg: Markup {
        // Wide scales have more ratings than there is room for labels.
        let stride = (density.ratings.count + 9) / 10
        let ticks = density.ratings.indices.filter { $0 % stride == 0 }
            .map { Scale.Tick(value: Double($0), label: density.ratings[$0].plain) }
        return Picture(
            id: id, title: "Predictions of \(mark.model) by actual rating", description: description, width: 260,
            height: 212
        ).svg(
            """
            \(Picture.verticalAxis(y, from: Self.left, to: Self.right))\
            <g class="\(mark.cssClass)">\(shades)</g>
            \(Picture.horizontalAxis(x, ticks, at: Self.bottom))\(density.ratings.indices.map(guides))
            """)
    }

    private var shades: [Markup] {
        let width = (Self.right - Self.left) / Double(density.ratings.count)
        let height = abs(y(density.binWidth) - y(0))
        var paths = [Markup](repeating: "", count: Self.shadeCount + 1)
        for rating in density.ratings.indices {
            for (bin, share) in zip(density.bins, density.shares(ofRating: rating)) where share > 0 {
                let shade = min(Self.shadeCount, Int((share / darkest * Double(Self.shadeCount)).rounded()))
                let corner: Markup = "M\(x(Double(rating)) - 0.45 * width) \(y(bin))"
                paths[shade] = "\(paths[shade])\(corner)h\(0.9 * width)v\(-height)h\(-0.9 * width)z"
            }
        }
        return (1...Self.shadeCount).filter { !paths[$0].text.isEmpty }.map { shade in
            let opacity = Double(shade) / Double(Self.shadeCount)
            return "<path class=\"cell\" fill-opacity=\"\(opacity)\" d=\"\(paths[shade])\"/>\n"
        }
    }

    /// Marks the rating itself and the mean of its predictions.
    private func guides(_ rating: Int) -> Markup {
        let center = x(Double(rating))
        let half = 0.45 * (Self.right - Self.left) / Double(density.ratings.count)
        let ideal: Markup = "<path class=\"target\" d=\"M\(center - half) \(y(density.ratings[rating]))h\(2 * half)\"/>"
        guard let mean = density.meanPrediction(ofRating: rating) else { return ideal }
        let label = "rating \(density.ratings[rating].plain): predicted \(mean.fixed(2)) on average"
        return
            "\(ideal)<circle class=\"mean\" cx=\"\(center)\" cy=\"\(y(mean))\" r=\"3\"><title>\(label)</title></circle>\n"
    }

    private var description: String {
        let means = density.ratings.indices.compactMap { rating in
            density.meanPrediction(ofRating: rating).map { "\(density.ratings[rating].plain): \($0.fixed(2))" }
        }
        return "Mean prediction by rating: \(means.joined(separator: "; "))."
    }
}
