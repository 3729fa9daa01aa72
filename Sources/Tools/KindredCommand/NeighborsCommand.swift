import ArgumentParser
import Engine
import FileOutput
import Foundation
import LinearAlgebra
import Neighbors
import Ratings

struct NeighborsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "neighbors",
        abstract: "Print the users nearest to one user.",
        discussion: """
            The same neighbors, in the same order, as `kindred graph` keeps with these options: nearest first, with \
            the similarity and the support, the number of items that both rated.

            EXAMPLE
              kindred neighbors ml-100k --user 1 --count 5
            """)

    @OptionGroup(title: "Source") var source: SourceOptions

    @Option(help: ArgumentHelp("The user, by the id in the source.", valueName: "id"))
    var user: String

    @Option(help: ArgumentHelp("Maximum number of neighbors to print, \(OptionRange.neighbors.words).", valueName: "k"))
    var count = 10

    @OptionGroup(title: "Similarity") var similarity: SimilarityOptions

    @OptionGroup(title: "Run") var runtime: RunOptions

    func validate() throws {
        do { try similarity.configuration(neighbors: count).validate() } catch {
            throw ValidationError("\(error)")
        }
    }

    func run() throws {
        let progress = ProgressLine(isEnabled: !runtime.quiet)
        let dataset = try Dataset(source, threads: runtime.threadCount, progress: progress)
        let ratings = dataset.ratings
        guard let index = ratings.users.index(of: user) else {
            throw UnknownUser(user, in: dataset)
        }
        let allPairs = try AllPairs(
            similarity.configuration(neighbors: count), products: similarity.arithmetic.products,
            threads: runtime.threadCount)
        let neighbors = allPairs.neighbors(of: index, in: ratings).map {
            Row(user: ratings.users[Int($0.user)], similarity: $0.similarity, support: $0.support)
        }
        if runtime.json {
            try Console.result(json: neighbors)
        } else {
            Console.result(table(neighbors))
        }
    }

    private struct Row: Codable {
        let user: String
        let similarity: Float
        let support: Int32
    }

    private func table(_ rows: [Row]) -> String {
        guard !rows.isEmpty else { return "User \(user) has no neighbors under these options." }
        let names = rows.map { $0.user.visible() }
        let width = max(4, names.map(\.count).max() ?? 0)
        let header = "\(Console.aligned("user", width))  similarity  support"
        return
            ([header]
            + zip(names, rows).map { name, row in
                let similarity = Double(row.similarity).fixed(6)
                return
                    "\(Console.aligned(name, width))  \(Console.aligned(similarity, 10))  \(Console.aligned("\(row.support)", 7))"
            }).joined(separator: "\n")
    }
}
