import Foundation

/// What one model recommends.
struct Recommendations: Encodable {
    struct Item: Encodable {
        let id: String
        let title: String?
        /// Why, where it was asked for and the model can tell.
        let reasons: [String]?
    }

    let model: String
    let items: [Item]
}

/// Lists for a person to read: next to each other, or one below the other where they are explained.
struct RecommendationTable {
    private let lists: [Recommendations]
    private let isExplained: Bool
    private static let width = 48

    init(_ lists: [Recommendations], isExplained: Bool) {
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
        let header = "    " + lists.map { cell("  \($0.model)") }.joined(separator: " ")
        let longest = lists.reduce(0) { max($0, $1.items.count) }
        let rows = (0..<longest).map { rank in
            Console.aligned("\(rank + 1)", 3) + " " + lists.map { cell(entry($0, rank)) }.joined(separator: " ")
        }
        return ([header] + rows).map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
            .joined(separator: "\n")
    }

    private func entry(_ list: Recommendations, _ rank: Int) -> String {
        guard rank < list.items.count else { return "" }
        let item = list.items[rank]
        let isShared = lists.count { other in other.items.contains { $0.id == item.id } } > 1
        return "\(isShared ? "=" : " ") \(item.title ?? item.id)"
    }

    private func explained(_ list: Recommendations) -> String {
        let entries = list.items.enumerated().map { rank, item in
            let reasons = (item.reasons ?? ["what most users liked"]).map { "        \($0)" }
            return ([Console.aligned("\(rank + 1)", 3) + "  \(item.title ?? item.id)"] + reasons).joined(
                separator: "\n")
        }
        return (["     \(list.model)"] + entries).joined(separator: "\n")
    }
}
