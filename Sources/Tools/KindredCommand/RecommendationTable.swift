import Engine
import FileOutput
import Foundation
import Ratings

/// What one model recommends, as JSON.
struct RecommendationList: Encodable {
    struct Item: Encodable {
        let rank: Int
        let id: String
        let title: String?
        let predicted_rating: Double?
        let score: Float?
        /// Why, where it was asked for and the model can tell.
        let reasons: [String]?

        /// For a terminal, on one line.
        var name: String { (title ?? id).visible() }
    }

    let model: String
    /// What the list is sorted by: `predicted_rating` or `score`.
    let unit: String
    let score_meaning: String?
    /// The minimum rating of a like, where the model learned from likes.
    let relevant: Float?
    let items: [Item]

    init(_ recommender: Recommender, relevance: Float?, _ recommendations: [Recommendation]) {
        model = recommender.kind.rawValue
        unit = recommender.kind.listUnit
        score_meaning = recommender.kind.scoreMeaning
        relevant = relevance
        items = recommendations.enumerated().map { place, one in
            Item(
                rank: place + 1, id: one.id, title: recommender.dataset.items.titles[one.item],
                predicted_rating: one.predictedRating, score: one.score, reasons: one.reasons)
        }
    }
}

/// Lists for a person to read: next to each other, or one below the other where they are explained.
struct RecommendationTable {
    private let lists: [RecommendationList]
    private let isExplained: Bool
    private static let width = 54

    init(_ lists: [RecommendationList], isExplained: Bool) {
        self.lists = lists
        self.isExplained = isExplained
    }

    var text: String {
        guard lists.contains(where: { !$0.items.isEmpty }) else { return "The user has rated everything." }
        return isExplained ? lists.map(explained).joined(separator: "\n\n") : sideBySide
    }

    /// `=` marks an item that another list has too.
    private var sideBySide: String {
        func cell(_ text: String) -> String { text.padding(toLength: Self.width, withPad: " ", startingAt: 0) }
        let header = "    " + lists.map { cell("  \($0.model), \($0.heading)") }.joined(separator: " ")
        let longest = lists.reduce(0) { max($0, $1.items.count) }
        let rows = (0..<longest).map { rank in
            Console.aligned("\(rank + 1)", 3) + " " + lists.map { cell(entry($0, rank)) }.joined(separator: " ")
        }
        return ([header] + rows).map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
            .joined(separator: "\n")
    }

    private func entry(_ list: RecommendationList, _ rank: Int) -> String {
        guard rank < list.items.count else { return "" }
        let item = list.items[rank]
        let isShared = lists.count { other in other.items.contains { $0.id == item.id } } > 1
        return "\(isShared ? "=" : " ") \(item.value)  \(item.name)"
    }

    private func explained(_ list: RecommendationList) -> String {
        let entries = list.items.enumerated().map { rank, item in
            let reasons = (item.reasons ?? ["popular with most users"]).map { "        \($0.visible())" }
            return ([Console.aligned("\(rank + 1)", 3) + "  \(item.value)  \(item.name)"] + reasons).joined(
                separator: "\n")
        }
        return (["     \(list.model), \(list.heading)"] + entries).joined(separator: "\n")
    }
}

extension RecommendationList {
    /// What the numbers before the titles are.
    fileprivate var heading: String { items.contains { $0.predicted_rating != nil } ? "predicted rating" : "score" }
}

extension RecommendationList.Item {
    /// Stars where there are any, for they compare between models.
    fileprivate var value: String { (predicted_rating ?? score.map(Double.init) ?? .nan).fixed(2) }
}
