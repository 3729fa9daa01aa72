import FileOutput
import Foundation

/// The mapping from the values of an axis to coordinates.
struct Scale {
    /// A labeled value.
    struct Tick {
        let value: Double
        let label: String
        /// A second line under the label.
        var note = ""
    }

    /// Not empty; positive on a logarithmic axis.
    let domain: ClosedRange<Double>
    /// The coordinates of the lowest and the highest value; the first is larger on an axis that points up.
    let start: Double
    let end: Double
    let isLogarithmic: Bool
    /// The distance between ticks on a linear axis.
    private let step: Double

    private init(
        _ lowest: Double, _ highest: Double, start: Double, end: Double, step: Double = 1, isLogarithmic: Bool = false
    ) {
        domain = lowest...max(lowest, highest)
        self.step = step
        self.start = start
        self.end = end
        self.isLogarithmic = isLogarithmic
    }

    /// A linear axis with round ends that covers all values, which are finite.
    static func linear(over values: [Double], withZero: Bool = false, start: Double, end: Double) -> Scale {
        // Beyond it spans overflow; no metric of ratings reaches it.
        let all = (values + (withZero ? [0] : [])).map { min(1e100, max(-1e100, $0)) }
        var (lowest, highest) = (all.min() ?? 0, all.max() ?? 1)
        if highest - lowest <= 1e-9 * max(abs(lowest), abs(highest), 1e-9) {
            let margin = max(abs(highest) * 0.05, 1e-6)
            (lowest, highest) = (lowest - margin, highest + margin)
        }
        let step = step(for: highest - lowest)
        let first = (lowest / step + 1e-6).rounded(.down)
        let last = (highest / step - 1e-6).rounded(.up)
        return Scale(first * step, last * step, start: start, end: end, step: step)
    }

    /// An axis of categories at 0, 1, ….
    static func categories(_ count: Int, start: Double, end: Double) -> Scale {
        Scale(-0.5, Double(max(1, count)) - 0.5, start: start, end: end)
    }

    /// A logarithmic axis that covers all values, which are positive, with ends of 1, 2 or 5 times a power of ten.
    static func logarithmic(over values: [Double], start: Double, end: Double) -> Scale {
        let (lowest, highest) = (values.min() ?? 1, values.max() ?? 10)
        let below = roundValues(from: lowest / 10, to: lowest).last ?? lowest
        let above = roundValues(from: max(highest, below * 1.1), to: highest * 10).first ?? highest * 10
        return Scale(below, above, start: start, end: end, isLogarithmic: true)
    }

    func callAsFunction(_ value: Double) -> Double {
        let (lowest, highest) = (height(domain.lowerBound), height(domain.upperBound))
        return start + (height(value) - lowest) / (highest - lowest) * (end - start)
    }

    private func height(_ value: Double) -> Double { isLogarithmic ? log10(value) : value }

    /// About five round values.
    var ticks: [Tick] {
        if isLogarithmic {
            let values = Self.roundValues(from: domain.lowerBound, to: domain.upperBound)
            return values.map { Tick(value: $0, label: $0.plain) }
        }
        let decimals = max(0, Int(-floor(log10(step) + 1e-9)))
        let (first, last) = ((domain.lowerBound / step).rounded(), (domain.upperBound / step).rounded())
        return stride(from: first, through: last, by: 1)
            .map { Tick(value: $0 * step, label: ($0 * step).fixed(decimals)) }
    }

    /// 1, 2 or 5 times a power of ten: a fifth of the span or a little more.
    private static func step(for span: Double) -> Double {
        let rough = span / 5
        let power = pow(10, floor(log10(rough)))
        return power * ([1, 2, 5].first { $0 * power >= rough * (1 - 1e-9) } ?? 10)
    }

    /// All values of 1, 2 or 5 times a power of ten, ends included.
    private static func roundValues(from lowest: Double, to highest: Double) -> [Double] {
        let exponents = Int(floor(log10(lowest)))...Int(ceil(log10(highest)))
        let values = exponents.flatMap { exponent -> [Double] in
            let power = pow(10, Double(exponent))
            return [power, 2 * power, 5 * power]
        }
        return values.filter { $0 >= lowest * (1 - 1e-9) && $0 <= highest * (1 + 1e-9) }
    }
}
