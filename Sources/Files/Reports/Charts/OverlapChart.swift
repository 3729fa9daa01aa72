import Evaluation
import FileOutput

/// The share of users whose lists by two models share 0, 1, …, k items.
struct OverlapChart {
    private static let left = 38.0
    private static let right = 250.0
    private static let top = 12.0
    private static let bottom = 120.0

    let id: String
    let overlap: ModelOverlap
    /// The largest share of users over all charts of the section, for a common scale.
    let highest: Double

    static func shares(_ overlap: ModelOverlap) -> [Double] {
        overlap.sharedCounts.map { Double($0) / Double(max(1, overlap.userCount)) }
    }

    var svg: Markup {
        let shares = Self.shares(overlap)
        let x = Scale.categories(shares.count, start: Self.left, end: Self.right)
        let percents = Scale.linear(over: [100 * highest], withZero: true, start: Self.bottom, end: Self.top)
        let stride = shares.count <= 12 ? 1 : (shares.count + 9) / 10
        let ticks = shares.indices.filter { $0 % stride == 0 }.map { Scale.Tick(value: Double($0), label: "\($0)") }
        let width = 0.78 * (Self.right - Self.left) / Double(shares.count)
        let bars = shares.indices.filter { shares[$0] > 0 }.map { count -> Markup in
            let y = percents(100 * shares[count])
            let label = "\(overlap.sharedCounts[count].counted("user")) (\(shares[count].percent)) with \(count) shared"
            return """
                <rect class="bar" x="\(x(Double(count)) - width / 2)" y="\(y)" width="\(width)" \
                height="\(Self.bottom - y)"><title>\(label)</title></rect>

                """
        }
        return Picture(
            id: id, title: "Items shared by \(overlap.first) and \(overlap.second)", description: description(shares),
            width: 260, height: 142
        ).svg(
            """
            \(Picture.verticalAxis(percents, from: Self.left, to: Self.right))\(bars)\
            \(Picture.horizontalAxis(x, ticks, at: Self.bottom))
            """)
    }

    private func description(_ shares: [Double]) -> String {
        let parts = shares.indices.filter { shares[$0] > 0 }.map { "\($0) shared: \(shares[$0].percent)" }
        return "Share of users by shared items. \(parts.joined(separator: "; "))."
    }
}
