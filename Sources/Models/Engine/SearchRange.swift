import RealModule

/// The values of a parameter that tuning draws from.
public enum SearchRange: Sendable, Equatable {
    /// Numbers from one to another, equally likely.
    case linear(ClosedRange<Double>)
    /// Numbers whose logarithms are equally likely: as many between 1 and 10 as between 10 and 100.
    case logarithmic(ClosedRange<Double>)
    /// Whole numbers, their logarithms about equally likely.
    case counts(ClosedRange<Int>)
    /// One of several words.
    case choices([String])
    /// Rising numbers that one fit comes to one after the other.
    case steps([Int])

    var isSteps: Bool {
        if case .steps = self { true } else { false }
    }

    /// Whether values are spread by their logarithm.
    public var isLogarithmic: Bool {
        switch self {
        case .logarithmic, .counts, .steps: true
        case .linear, .choices: false
        }
    }

    /// The value at a share of the range, 0 ≤ share < 1, as text; numbers have three digits, so that they read well.
    ///
    /// Halfway from 1 to 100 on the logarithmic scale is 10.
    public func value(at share: Double) -> String {
        switch self {
        case .linear(let range):
            return "\(Self.rounded(range.lowerBound + share * (range.upperBound - range.lowerBound)))"
        case .logarithmic(let range): return "\(Self.rounded(Self.power(range, share)))"
        case .counts(let range):
            // The ends are reached as often as what is between them.
            let wide = (Double(range.lowerBound) - 0.5)...(Double(range.upperBound) + 0.5)
            return "\(min(range.upperBound, max(range.lowerBound, Int(Self.power(wide, share).rounded()))))"
        case .steps(let steps): return "\(steps[min(steps.count - 1, Int(share * Double(steps.count)))])"
        case .choices(let choices): return choices[min(choices.count - 1, Int(share * Double(choices.count)))]
        }
    }

    /// The same with no count above `highest`, for data with fewer users or items than the range asks for.
    public func capped(at highest: Int) -> SearchRange {
        guard case .counts(let range) = self else { return self }
        let top = max(1, min(range.upperBound, highest))
        return .counts(min(range.lowerBound, top)...top)
    }

    private static func power(_ range: ClosedRange<Double>, _ share: Double) -> Double {
        range.lowerBound * Double.exp(share * Double.log(range.upperBound / range.lowerBound))
    }

    /// To three significant digits.
    private static func rounded(_ value: Double) -> Double {
        guard value != 0 else { return 0 }
        let digits = 2 - Int(Double.log10(abs(value)).rounded(.down))
        let scale = Double.pow(10, abs(digits))
        return digits >= 0 ? (value * scale).rounded() / scale : (value / scale).rounded() * scale
    }
}
