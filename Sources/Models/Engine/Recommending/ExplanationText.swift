import Foundation
import Neighbors
public import Ratings

/// Explanations in words.
public struct ExplanationText: Sendable {
    private let dataset: Dataset
    private let namesUsers: Bool
    private let fewest: Int

    /// - Parameters:
    ///   - namesUsers: whether other users are named by their ids, or only counted.
    ///   - fewest: the fewest other users who are counted and averaged.
    public init(_ dataset: Dataset, namesUsers: Bool = false, fewest: Int = 1) {
        self.fewest = fewest
        self.dataset = dataset
        self.namesUsers = namesUsers
    }

    /// The reasons that count most, a line each; at least one.
    ///
    /// - Parameter count: of neighbors or ratings at most.
    public func lines(_ explanation: Explanation, count: Int = 3) -> [String] {
        switch explanation {
        case .neighbors(let evidence):
            return [summary(evidence)] + (namesUsers ? evidence.raters.prefix(count).map(line) : [])
        case .stars(let contributions):
            return lines(contributions, count) { one in
                // What rounds to nothing is no reason.
                abs(one.value) < 0.005 ? nil : "\(one.value < 0 ? "−" : "+")\(fixed(Double(abs(one.value)))) stars"
            }
        case .shares(let contributions):
            let total = contributions.reduce(0) { $0 + abs($1.value) }
            return lines(contributions, count) { one in
                let percent = total > 0 ? Int((100 * one.value / total).rounded()) : 0
                return percent == 0 ? nil : "\(percent < 0 ? "−" : "")\(abs(percent)) %"
            }
        case .distribution(let distribution):
            return [
                "expected \(fixed(distribution.mean)) stars, give or take \(fixed(distribution.standardDeviation))"
            ]
        }
    }

    private func lines(
        _ contributions: [Explanation.Contribution], _ count: Int, _ share: (Explanation.Contribution) -> String?
    ) -> [String] {
        let lines = contributions.prefix(count).compactMap { one in
            share(one).map { share in
                "\(one.value < 0 ? "although" : "because") you gave \(number(one.rating)) to "
                    + "\(dataset.title(of: one.item)): \(share)"
            }
        }
        return lines.isEmpty ? [Self.popular] : lines
    }

    private static let popular = "popular with most users"

    private func summary(_ evidence: ItemEvidence) -> String {
        guard !evidence.raters.isEmpty else { return Self.popular }
        let count = evidence.raters.count
        guard count >= fewest else { return "some of the people most like you rated it" }
        let mean = evidence.raters.reduce(0) { $0 + Double($1.rating) } / Double(count)
        let average = count == 1 ? stars(evidence.raters[0].rating) : "\(fixed(mean)) stars on average"
        return evidence.neighborCount == 1
            ? "the person most like you rated it: \(average)"
            : "\(count) of the \(evidence.neighborCount) people most like you rated it: \(average)"
    }

    private func line(_ one: NeighborEvidence) -> String {
        "user \(dataset.ratings.users[Int(one.neighbor.user)]) gave it \(number(one.rating)); similarity "
            + "\(fixed(Double(one.neighbor.similarity), 4)), \(counted(Int(one.neighbor.support), "item")) in common"
    }

    private func number(_ rating: Float) -> String {
        rating == rating.rounded() && abs(rating) < 1e6 ? "\(Int(rating))" : "\(rating)"
    }

    private func stars(_ rating: Float) -> String { "\(number(rating)) \(rating == 1 ? "star" : "stars")" }

    private func fixed(_ value: Double, _ decimals: Int = 2) -> String {
        String(format: "%.\(decimals)f", value).replacing("-", with: "−")
    }
}
