import ArgumentParser
import Engine
import Foundation
import ModelFiles
import RatingFiles
import Ratings

struct RecommendCommand: ParsableCommand {
    /// Which lists to print.
    enum Choice: String, ExpressibleByArgument, CaseIterable {
        case knn, als, implicit, bayes, ease, blend, popularity, both

        var models: [ModelKind] {
            switch self {
            case .knn: [.knn]
            case .als: [.als]
            case .implicit: [.implicit]
            case .bayes: [.bayes]
            case .ease: [.ease]
            case .blend: [.blend]
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
            rating (als, bayes), by what goes with what the user liked (implicit, ease, blend), by what most users liked \
            (popularity), or knn and als next to each other (both). What is good at what, `kindred compare` tells.

            Someone who is not in the source is known by a few ratings: --rate, or --ratings with a file of item and \
            rating a line. Nothing is fitted anew for them.

            For everybody at once, --all --output FILE writes a CSV of user_id, rank, item_id and score: for each user the \
            list that --user would print.

            EXAMPLES
              kindred recommend ml-100k --user 1 --model both
              kindred recommend ml-100k --rate 50=5,181=5,172=4 --model implicit --explain
              kindred recommend ml-100k --user 1 --factors factors
              kindred recommend ml-100k --all --model implicit --output lists.csv
            """)

    @OptionGroup(title: "Source") var source: SourceOptions

    @Option(help: ArgumentHelp("The user, by the id in the source.", valueName: "id"))
    var user: String?

    @Option(help: ArgumentHelp("Ratings of someone who is not in the source.", valueName: "item=rating,…"))
    var rate: String?

    @Option(help: ArgumentHelp("The same from a file: item and rating on each line.", valueName: "file"))
    var ratings: String?

    @Flag(help: "Every user of the source; the lists go to --output.")
    var all = false

    @Option(help: ArgumentHelp("CSV file to write the lists of --all to.", valueName: "file"))
    var output: String?

    @Option(help: "Which model recommends. (default: knn)")
    var model: Choice?

    @Option(help: ArgumentHelp("A model that kindred train saved, instead of fitting one.", valueName: "folder"))
    var factors: String?

    @Option(help: ArgumentHelp("How many items to print at most.", valueName: "n"))
    var count = 10

    @Flag(help: "Say why: neighbors and what they rated, the user's own ratings that count most, or how sure it is.")
    var explain = false

    @OptionGroup(title: "Models") var models: ModelOptions

    @OptionGroup(title: "Run") var runtime: RunOptions

    func validate() throws {
        if count < 1 { throw ValidationError("count is \(count); it has to be at least 1") }
        if [user, rate, ratings].count(where: { $0 != nil }) + (all ? 1 : 0) != 1 {
            throw ValidationError("name one of --user, --rate, --ratings and --all")
        }
        if all != (output != nil) { throw ValidationError("--all and --output go together") }
        if all && explain { throw ValidationError("--explain is for one user; leave --all out") }
        if all && model == .both {
            throw ValidationError("--all takes one model; run it once for knn and once for als")
        }
        _ = try models.settings(for: (model ?? .knn).models)
        if factors != nil && model != nil { throw ValidationError("--factors names the model; leave --model out") }
    }

    func run() throws {
        let progress = ProgressLine(isEnabled: !runtime.quiet)
        let loaded = try Dataset(source, threads: runtime.threadCount, progress: progress)
        if let output { return try writeAll(loaded, progress, to: output) }
        let guest = try guest(loaded.ratings)
        progress.begin("fitting")
        let lists = try fitted(loaded) { progress.update($0) }.map { name, model in
            try list(name, model, guest, loaded)
        }
        progress.end()
        Console.result(runtime.json ? try Console.json(lists) : RecommendationTable(lists, isExplained: explain).text)
    }

    private func writeAll(_ loaded: Dataset, _ progress: ProgressLine, to output: String) throws {
        let file = RecommendationFile(path: output, count: count, threads: runtime.threadCount)
        let summary = try file.write(for: loaded.ratings, progress) {
            try fitted(loaded) { progress.update($0) }[0]
        }
        if runtime.json {
            Console.result(try Console.json(summary))
        } else if !runtime.quiet {
            Console.result(summary.text(output: output))
        }
    }

    /// Whom to recommend to: their index, or nil for someone unseen, and their ratings.
    private func guest(_ matrix: RatingMatrix) throws -> (user: Int?, ratings: UserRatings) {
        if let rate { return (nil, try GuestRatings.parse(rate, ratings: matrix)) }
        if let ratings { return (nil, try GuestRatings.read(ratings, ratings: matrix)) }
        let id = user ?? ""
        guard let index = matrix.users.index(of: id) else {
            throw UnknownUser(user: id, source: source.source, near: matrix.users.idsNear(id))
        }
        return (index, matrix.userRatings(index))
    }

    private func fitted(
        _ loaded: Dataset, progress: @escaping (Double) -> Void
    ) throws -> [(name: String, model: FittedModel)] {
        if let factors {
            let stored = try ModelArchive.read(factors, for: loaded.ratings)
            return [(stored.name, FittedModel(stored))]
        }
        let kinds = (model ?? .knn).models
        let configuration = try models.configuration(for: kinds, threads: runtime.threadCount)
        return try kinds.map { kind in
            let fitted = try kind.fit(loaded, configuration) { share, _ in progress(share) }
            return (kind.rawValue, fitted)
        }
    }

    private func list(
        _ name: String, _ model: FittedModel, _ guest: (user: Int?, ratings: UserRatings), _ loaded: Dataset
    ) throws -> Recommendations {
        guard let recommender = model.recommender else { return Recommendations(model: name, items: []) }
        let top =
            try guest.user.map { recommender.topItems(user: $0, count: count, excluding: guest.ratings.items) }
            ?? recommender.topItems(foldingIn: guest.ratings, count: count)
        let words = ExplanationText(loaded)
        return Recommendations(
            model: name,
            items: try top.map { item in
                let explanation =
                    explain ? try model.explanation(of: item, user: guest.user, ratings: guest.ratings) : nil
                return Recommendations.Item(
                    id: loaded.ratings.items[item], title: loaded.items.titles[item],
                    reasons: explanation.map { words.lines($0) })
            })
    }
}
