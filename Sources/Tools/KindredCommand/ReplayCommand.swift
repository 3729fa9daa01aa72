import ArgumentParser
import Engine
import FileOutput
import Foundation
import LinearAlgebra
import Ratings
import Reports

#if Serving
    import Governance
#endif

struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Replay ratings in the order of time and measure the error of models on the way.",
        discussion: """
            Prequential error: each rating is predicted by those before it, scored, and only then learned. RMSE, MAE and \
            hit rate@10 by model, over a sliding window and over all ratings so far, and for users who are new apart. The \
            baseline, running biases, is always beside. These figures do not compare with those of a hold-out, as \
            kindred compare gives them.

            MODELS
              baseline    damped running biases of user and item; predicts only
              popularity  what most users liked so far; ranks only
              als         factors that follow each rating: its user's and item's rows are solved again, and a full fit \
            comes as the ratings grow

            WRITES
              stream_error.csv  ratings, time, model, users (all or new), figures of the window and in total
              summary.json      figures at the end, changes of the error, options
              replay.html       the same as a page with charts

            EXAMPLES
              kindred replay ml-100k --output out
              kindred replay ml-100k --models als --als rank=20 --window 5000 --output out
            """)

    @OptionGroup(title: "Source") var source: SourceOptions

    @Option(help: ArgumentHelp("Folder to write to; created if missing.", valueName: "folder"))
    var output: String

    @Option(
        name: .customLong("models"),
        help: ArgumentHelp(
            "Comma-separated models beside baseline: \(StreamConfiguration.models.dropFirst().map(\.rawValue).joined(separator: ", ")).",
            valueName: "models"))
    var list = ModelList([.popularity, .als])

    @Option(help: ArgumentHelp("Ratings in the sliding window, \(OptionRange.window.words).", valueName: "n"))
    var window = 10_000

    @Option(
        help: ArgumentHelp(
            "Ratings that als learns at once, \(OptionRange.batch.words); it predicts all of them by those before.",
            valueName: "n"))
    var batch = 1

    @Option(
        help: ArgumentHelp(
            "Fit als again when the ratings have grown by this share, \(OptionRange.refit.words).", valueName: "share"))
    var refit = 0.1

    @OptionGroup(title: "Models") var models: ModelOptions

    @OptionGroup var spreadsheet: SpreadsheetOptions

    #if Serving
        @OptionGroup var lineage: LineageOptions
    #endif

    @OptionGroup(title: "Run") var runtime: RunOptions

    func validate() throws {
        try OptionRange.window.validate("window", window)
        try OptionRange.batch.validate("batch", batch)
        try OptionRange.refit.validate("refit", refit)
        if let model = list.models.first(where: { !StreamConfiguration.models.contains($0) }) {
            throw ValidationError(
                "\(model.rawValue) cannot follow a stream; choose from "
                    + StreamConfiguration.models.map(\.rawValue).joined(separator: ", "))
        }
        try models.validate(for: list.models)
    }

    func run() throws {
        #if Serving
            let job = LineageJob(
                "replay", "Replay ratings in the order of time.", version: Version.kindred,
                inputs: lineage.input(source.source, source.reading.file),
                outputs: [LineageDataset(file: output)])
            try lineage.telling(job) { _ in try replayRatings() }
        #else
            try replayRatings()
        #endif
    }

    private func replayRatings() throws {
        let progress = ProgressLine(isEnabled: !runtime.quiet)
        let folder = try OutputFolder(output, isSpreadsheetSafe: spreadsheet.spreadsheetSafe)
        Interruption.onInterrupt { folder.discard() }
        defer { folder.discard() }

        var chosen = try models.configuration(for: list.models, threads: runtime.threadCount)
        let dataset = try Dataset(source, threads: runtime.threadCount, progress: progress)
        guard dataset.ratings.timestamps != nil else {
            throw InputError(
                file: source.source, problem: "the ratings have no timestamps, so there is no order of time",
                remedy: "Add a column named timestamp, or name it with --columns.")
        }
        chosen = models.likes.resolve(chosen, for: list.models, on: dataset.ratings, isQuiet: runtime.quiet)
        let likeThreshold = chosen.relevance(of: [dataset.ratings])
        let configuration = configuration(chosen)
        progress.begin("replaying", total: Double(dataset.ratings.count), unit: "ratings")
        let replay = try Replay(dataset.ratings, configuration, likeThreshold: likeThreshold, batch: batch) {
            progress.update($0)
        }
        progress.end()
        let report = ReplayReport(
            source: URL(fileURLWithPath: source.source).lastPathComponent, version: Version.kindred,
            options: options(chosen), configuration: configuration, likeThreshold: likeThreshold, replay: replay)
        try report.write(to: folder)
        try folder.commit()
        if runtime.json {
            Console.result(json: try report.json)
        } else if !runtime.quiet {
            Console.result(
                ReplayTable(report).text
                    + "\n\n  Written to \(output): stream_error.csv, summary.json, replay.html")
        }
    }

    private func configuration(_ chosen: ModelConfiguration) -> StreamConfiguration {
        var configuration = StreamConfiguration()
        configuration.models = list.models
        configuration.window = window
        configuration.refitShare = refit
        configuration.als = chosen.als
        return configuration
    }

    private func options(_ chosen: ModelConfiguration) -> [String: String] {
        var options = ConfigurationFile.options(chosen, of: list.models.filter { $0 == .als })
        options["models"] = list.description
        options["window"] = "\(window)"
        options["batch"] = "\(batch)"
        options["refit"] = "\(refit)"
        return options
    }
}
