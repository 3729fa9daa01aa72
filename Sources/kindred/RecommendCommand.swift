import ArgumentParser
import Engine
import Foundation
import LinearAlgebra
import Ratings

struct RecommendCommand: ParsableCommand {
    /// Which lists to print.
    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case knn, als, popularity, both

        var models: [ModelKind] {
            switch self {
            case .knn: [.knn]
            case .als: [.als]
            case .popularity: [.popularity]
            case .both: [.knn, .als]
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "recommend",
        abstract: "Print what a user would like.",
        discussion: """
            The best items that the user has not rated: by what the most similar users rated (knn), by predicted \
            rating (als), by what most users liked (popularity), or the first two next to each other (both). What is \
            good at what, `kindred compare` tells.

            EXAMPLE
              kindred recommend ml-100k --user 1 --model both
            """)

    @OptionGroup(title: "Source") var source: SourceOptions

    @Option(help: ArgumentHelp("The user, by the id in the source.", valueName: "id"))
    var user: String

    @Option(help: "Which model recommends.")
    var model = Choice.knn

    @Option(help: ArgumentHelp("How many items to print at most.", valueName: "n"))
    var count = 10

    @Option(help: ArgumentHelp("Ratings of at least this much are likes, for popularity.", valueName: "rating"))
    var relevant: Float = 4

    @Option(help: ArgumentHelp("Seed of all random choices.", valueName: "n"))
    var seed: UInt64 = 1

    @OptionGroup(title: "Run") var runtime: RunOptions

    func validate() throws {
        if count < 1 { throw ValidationError("count is \(count); it has to be at least 1") }
    }

    func run() throws {
        let progress = ProgressLine(isEnabled: !runtime.quiet)
        let loaded = try LoadedSource(source, threads: runtime.threadCount, progress: progress)
        let ratings = loaded.ratings
        guard let index = ratings.users.index(of: user) else {
            throw UnknownUser(user: user, source: source.source, near: ratings.users.idsNear(user))
        }
        progress.begin("fitting")
        let lists = try model.models.map { kind in
            List(
                model: kind.rawValue,
                items: try recommend(kind, index, ratings).map { item in
                    Item(id: ratings.items[item], title: loaded.items.titles[item])
                })
        }
        progress.end()
        Console.result(runtime.json ? try json(lists) : table(lists))
    }

    private func recommend(_ kind: ModelKind, _ user: Int, _ ratings: RatingMatrix) throws -> [Int] {
        let fitted = try kind.fit(ratings, relevance: relevant, seed: seed, threads: runtime.threadCount)
        let seen = ratings.byUser.columnIndices[ratings.byUser.entries(ofRow: user)]
        return fitted.recommender?.topItems(user: user, count: count, excluding: seen) ?? []
    }

    private struct List: Encodable {
        let model: String
        let items: [Item]
    }

    private struct Item: Encodable {
        let id: String
        let title: String?
    }

    private func json(_ lists: [List]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(lists), as: UTF8.self)
    }

    /// The lists next to each other; `=` marks an item that another list has too.
    private func table(_ lists: [List]) -> String {
        let width = 48
        func cell(_ text: String) -> String { text.padding(toLength: width, withPad: " ", startingAt: 0) }
        func entry(_ list: List, _ rank: Int) -> String {
            guard rank < list.items.count else { return "" }
            let item = list.items[rank]
            let isShared = lists.count { other in other.items.contains { $0.id == item.id } } > 1
            return "\(isShared ? "=" : " ") \(item.title ?? item.id)"
        }
        let header = "    " + lists.map { cell("  \($0.model)") }.joined(separator: " ")
        let longest = lists.map(\.items.count).max() ?? 0
        guard longest > 0 else { return "User \(user) has rated everything." }
        let rows = (0..<longest).map { rank in
            Console.aligned("\(rank + 1)", 3) + " " + lists.map { cell(entry($0, rank)) }.joined(separator: " ")
        }
        return ([header] + rows).map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }.joined(separator: "\n")
    }
}
