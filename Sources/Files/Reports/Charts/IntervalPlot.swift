import Evaluation
import FileOutput

/// Differences with their intervals on a common axis, one small picture per table row.
struct IntervalPlot {
    private static let width = 200.0
    private static let height = 22.0
    private let scale: Scale

    init(_ differences: [PairedDifference]) {
        let ends = differences.flatMap { [$0.interval.lower, $0.interval.upper, $0.mean] }.filter(\.isFinite)
        scale = .linear(over: ends, withZero: true, start: 14, end: Self.width - 14)
    }

    /// The axis labels, for the table head.
    var axis: Markup {
        let ticks = scale.ticks
        // Always zero, and the ends if there is room.
        let shown = ticks.indices.filter { index in
            let isEnd = index == 0 || index == ticks.count - 1
            return ticks[index].value == 0 || (isEnd && abs(scale(ticks[index].value) - scale(0)) > 40)
        }.map { ticks[$0] }
        let labels = shown.map { tick -> Markup in
            "<text class=\"tick\" x=\"\(scale(tick.value))\" y=\"12\" text-anchor=\"middle\">\(tick.label)</text>"
        }
        return """
            <svg class="interval" viewBox="0 0 \(Self.width) 16" width="\(Self.width)" height="16" aria-hidden="true">\
            \(labels)</svg>
            """
    }

    /// A line for the interval and a point for the mean, filled in the color of the better model, or hollow if neither
    /// is.
    ///
    /// Hidden from screen readers, as the table row has the numbers.
    func row(_ difference: PairedDifference, better: ModelMark?) -> Markup {
        let y = Self.height / 2
        guard difference.mean.isFinite, difference.interval.lower.isFinite, difference.interval.upper.isFinite else {
            return ""
        }
        let (lower, upper) = (scale(difference.interval.lower), scale(difference.interval.upper))
        return """
            <svg class="interval \(better?.cssClass ?? "open")" viewBox="0 0 \(Self.width) \(Self.height)" \
            width="\(Self.width)" height="\(Self.height)" aria-hidden="true">\
            <path class="zero" d="M\(scale(0)) 0V\(Self.height)"/>\
            <path class="range" d="M\(lower) \(y)H\(upper)M\(lower) \(y - 3)v6M\(upper) \(y - 3)v6"/>\
            <circle class="estimate" cx="\(scale(difference.mean))" cy="\(y)" r="4"/></svg>
            """
    }
}
