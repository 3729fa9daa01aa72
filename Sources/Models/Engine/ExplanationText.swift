import Neighbors
public import Ratings

/// Explanations in words, with titles where they are known.
public struct ExplanationText: Sendable {
    private let dataset: Dataset

    public init(_ dataset: Dataset) { self.dataset = dataset }

    /// The weightiest reason in one line.
    public func short(_ explanation: Explanation) -> String {
        switch explanation {
        case .neighbors(let evidence):
            guard let first = evidence.first else { return "what most users rated" }
            let others = evidence.count > 1 ? " and \(evidence.count - 1) more like you" : ""
            return "user \(dataset.ratings.users[Int(first.neighbor.user)]) rated it \(number(first.rating))\(others)"
        case .contributions(let contributions):
            let best = contributions.prefix(2).filter { $0.value > 0 }
            guard !best.isEmpty else { return "what most users like" }
            return "because of "
                + best.map { "\(dataset.title(of: $0.item)) (\(number($0.rating)))" }.joined(separator: ", ")
        case .distribution(let distribution):
            return "\(fixed(distribution.mean, 2)) ± \(fixed(distribution.standardDeviation, 2))"
        }
    }

    /// All that counts most, a line each.
    ///
    /// - Parameter count: of neighbors or ratings at most.
    public func lines(_ explanation: Explanation, count: Int = 3) -> [String] {
        switch explanation {
        case .neighbors(let evidence):
            return evidence.prefix(count).map { one in
                "user \(dataset.ratings.users[Int(one.neighbor.user)]) rated it \(number(one.rating)); "
                    + "similarity \(fixed(Double(one.neighbor.similarity), 4)), \(one.neighbor.support) items in common"
            } + (evidence.count > count ? ["and \(evidence.count - count) more neighbors"] : [])
        case .contributions(let contributions):
            // What rounds to nothing is no reason.
            return contributions.prefix(count).filter { abs($0.value) >= 0.00005 }.map { one in
                "\(one.value < 0 ? "−" : "+")\(fixed(Double(abs(one.value)), 4))  \(dataset.title(of: one.item)), rated \(number(one.rating))"
            }
        case .distribution: return [short(explanation)]
        }
    }

    private func number(_ rating: Float) -> String {
        rating == rating.rounded() && abs(rating) < 1e6 ? "\(Int(rating))" : "\(rating)"
    }

    private func fixed(_ value: Double, _ decimals: Int) -> String {
        let scale = decimals == 2 ? 100.0 : 10_000.0
        let units = Int((abs(value) * scale).rounded())
        let fraction = String(units % Int(scale))
        let zeros = String(repeating: "0", count: decimals - fraction.count)
        return (value < 0 && units > 0 ? "−" : "") + "\(units / Int(scale)).\(zeros)\(fraction)"
    }
}
