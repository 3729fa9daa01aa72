import ArgumentParser
import Engine
import FileOutput
import Foundation
import LinearAlgebra
import ModelFiles
import RatingFiles
import Ratings

#if Serving
    import Governance
#endif

struct RecommendCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recommend",
        abstract: "Recommend items to a user.",
        discussion: """
            The best items that the user has not rated. Without --model the best ranker does it: blend, or implicit where \
            blend's matrix of users would not fit into memory; `kindred compare` shows why. Lists of als and bayes are \
            sorted by predicted rating, in stars; the others by a score whose meaning --json gives. knn shows both.

            Guests, who are not in the source, are folded in from a few ratings without another fit: --rate, or --ratings \
            with a file of item and rating per line.

            --all --output FILE writes the list of every user as CSV: user_id, rank, item_id, predicted_rating and score, \
            of which a model may leave one empty.

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

    @Option(help: "Which model recommends; both is als, then knn. (default: blend, else implicit)")
    var model: RecommendationChoice?

    @Option(
        help: ArgumentHelp("Folder of a model saved by kindred train, instead of fitting one.", valueName: "folder"))
    var factors: String?

    @Option(help: ArgumentHelp("Maximum number of items to print, \(OptionRange.count.words).", valueName: "n"))
    var count = 10

    @Flag(
        help: "Say why: similar people and their ratings, the user's own ratings that count most, or the uncertainty.")
    var explain = false

    @Flag(help: "Name similar users by their ids in the reasons; implies --explain.")
    var showUsers = false

    @OptionGroup var spreadsheet: SpreadsheetOptions

    @OptionGroup(title: "Models") var models: ModelOptions

    #if Serving
        @OptionGroup var lineage: LineageOptions
    #endif

    @OptionGroup(title: "Run") var runtime: RunOptions

    func validate() throws {
        try OptionRange.count.validate("count", count)
        if [user, rate, ratings].count(where: { $0 != nil }) + (all ? 1 : 0) != 1 {
            throw ValidationError("name one of --user, --rate, --ratings and --all")
        }
        if all != (output != nil) { throw ValidationError("--all and --output go together") }
        if all && reasons != .none { throw ValidationError("reasons are for one user; leave --all out") }
        if all && model == .both {
            throw ValidationError("--all takes one model; run it once for knn and once for als")
        }
        try models.validate(for: kinds)
        if factors != nil && model != nil { throw ValidationError("--factors names the model; leave --model out") }
    }

    private var reasons: Reasons { showUsers ? .namingUsers : explain ? .anonymous : .none }

    /// What may be fitted.
    private var kinds: [ModelKind] { model?.kinds ?? [.blend, .implicit] }

    func run() throws {
        #if Serving
            let job = LineageJob(
                "recommend", "Recommend items to users.", version: Version.kindred,
                inputs: lineage.input(source.source, source.reading.file),
                outputs: output.map { [LineageDataset(file: $0)] } ?? [])
            try lineage.telling(job) { _ in try recommendItems() }
        #else
            try recommendItems()
        #endif
    }

    private func recommendItems() throws {
        let progress = ProgressLine(isEnabled: !runtime.quiet)
        let dataset = try Dataset(source, hasAllItems: factors == nil, threads: runtime.threadCount, progress: progress)
        if let output { return try writeAll(dataset, progress, to: output) }
        let person = try person(of: dataset)
        progress.begin("fitting")
        let lists = try recommenders(dataset) { progress.update($0) }.map { recommender, relevance in
            RecommendationList(
                recommender, relevance: relevance,
                try recommender.recommend(to: person, count: count, reasons: reasons))
        }
        progress.end()
        if let relevance = lists.lazy.compactMap(\.relevant).first, !runtime.quiet, !runtime.json {
            Console.message("note: likes are \(likesText(relevance))")
        }
        if runtime.json {
            try Console.result(json: lists)
        } else {
            Console.result(RecommendationTable(lists, isExplained: reasons != .none).text)
        }
    }

    private func writeAll(_ dataset: Dataset, _ progress: ProgressLine, to output: String) throws {
        let file = RecommendationFile(
            path: output, count: count, isSpreadsheetSafe: spreadsheet.spreadsheetSafe, threads: runtime.threadCount)
        let summary = try file.write(progress) { try recommenders(dataset) { progress.update($0) }[0] }
        OutputLedger(source: source.source, isQuiet: runtime.quiet).record("lists", [output])
        if runtime.json {
            try Console.result(json: summary)
        } else if !runtime.quiet {
            Console.result(summary.text(output: output))
        }
    }

    private func person(of dataset: Dataset) throws -> Person {
        if let rate { return Person(guest: try GuestRatings.parse(rate, shownAs: "--rate", ratings: dataset.ratings)) }
        if let ratings { return Person(guest: try GuestRatings.read(ratings, ratings: dataset.ratings)) }
        return try Person(user ?? "", of: dataset)
    }

    /// The models, each with the minimum rating of a like where it learned from likes.
    private func recommenders(
        _ dataset: Dataset, progress: @escaping (Double) -> Void
    ) throws -> [(recommender: Recommender, relevance: Float?)] {
        if let factors {
            let stored = try ModelArchive.read(factors, for: dataset.ratings)
            return Recommender(stored.kind, FittedModel(stored), of: dataset).map { [($0, stored.relevance)] } ?? []
        }
        let configuration = models.likes.resolve(
            try models.configuration(for: kinds, threads: runtime.threadCount), for: kinds, on: dataset.ratings,
            isQuiet: runtime.quiet)
        let fitted =
            try model?.kinds.map { kind in
                try Recommender.fit(kind, dataset, configuration) { share, _ in progress(share) }
            } ?? [Recommender.fitBest(dataset, configuration) { share, _ in progress(share) }]
        return fitted.map { ($0, $0.kind.learnsFromLikes ? configuration.relevance : nil) }
    }
}

extension RecommendationChoice: ExpressibleByArgument {}
