import ArgumentParser
import Engine
import Evaluation
import Foundation
import Interchange
import Ratings

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare models by the ratings they predict and the items they rank.",
        discussion: """
            Every model learns from the same ratings and is tested on the same others, fold by fold. No test rating is \
            dropped: users and items unseen in training are answered by what the model knows, and counted. Rankings are \
            of all items that a user has not rated in training.

            MODELS
              baseline    regularized biases of user and item; predicts only
              popularity  what most users liked; ranks only
              als         matrix factorization by alternating least squares
              knn         user-KNN, from those who are most alike

            WRITES
              metrics.csv  model, fold, metric, at, value
              report.json  the same by model, with the options

            EXAMPLES
              kindred compare ml-100k --folds 5 --output out
              kindred compare --train u1.base --test u1.test --output out
            """)

    @Argument(help: "A MovieLens folder or a ratings file, to be split; none with --train and --test.")
    var source: String?

    @Option(help: ArgumentHelp("Folder to write into; made where it is missing.", valueName: "folder"))
    var output: String

    @Option(help: ArgumentHelp("k of k-fold splits. (default: 5)", valueName: "k"))
    var folds: Int?

    @Option(help: ArgumentHelp("Share of every user's ratings to hold out, instead of folds.", valueName: "share"))
    var holdout: Double?

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp("Ratings to learn from; repeated for several folds.", valueName: "file"))
    var train: [String] = []

    @Option(
        parsing: .singleValue, help: ArgumentHelp("Ratings to test on, one file for each --train.", valueName: "file"))
    var test: [String] = []

    @Option(help: ArgumentHelp("Models, with commas between.", valueName: "models"))
    var models = ModelList()

    @Option(help: ArgumentHelp("Ratings of at least this much are relevant to a ranking.", valueName: "rating"))
    var relevant: Float = 4

    @Option(help: ArgumentHelp("Seed of all random choices.", valueName: "n"))
    var seed: UInt64 = 1

    @OptionGroup(title: "Run") var runtime: RunOptions

    func validate() throws {
        if train.count != test.count { throw ValidationError("--train and --test come in pairs") }
        if (source == nil) == train.isEmpty {
            throw ValidationError("name either a source or pairs of --train and --test")
        }
        if !train.isEmpty && (folds != nil || holdout != nil) {
            throw ValidationError("--train and --test are folds already; leave --folds and --holdout out")
        }
        if folds != nil && holdout != nil { throw ValidationError("choose --folds or --holdout") }
        if let folds, folds < 2 { throw ValidationError("folds is \(folds); it has to be at least 2") }
        if let holdout, !(holdout > 0 && holdout < 1) {
            throw ValidationError("holdout is \(holdout); it has to be above 0 and below 1")
        }
    }

    func run() throws {
        let progress = ProgressLine(isEnabled: !runtime.quiet)
        let output = try OutputFolder(output)
        Interruption.onInterrupt { output.discard() }
        defer { output.discard() }

        progress.begin("reading")
        let splits = try splits()
        progress.begin("comparing")
        let engine = ComparisonEngine(
            models: models.models, relevance: relevant, seed: seed, threads: runtime.threadCount)
        let comparison = try engine.compare(splits) { progress.update($0) }
        progress.end()

        let export = ComparisonExport(comparison)
        let report = try export.report(options: options, version: Kindred.version)
        try output.write("metrics.csv", export.writeMetrics)
        try output.write("report.json") { writer throws(OutputError) in try writer.write(report) }
        try output.commit()
        if runtime.json {
            Console.result(report, terminator: "")
        } else if !runtime.quiet {
            Console.result(table(comparison))
        }
    }

    private func splits() throws -> [RatingSplit] {
        var reader = RatingsReader()
        reader.threads = runtime.threadCount
        guard let source else {
            return try zip(train, test).map { train, test in
                RatingSplit(train: try reader.read(train).ratings, test: try reader.read(test).ratings)
            }
        }
        let ratings = try reader.read(try RatingsSource(source).ratings).ratings
        return holdout.map { [ratings.holdout($0, seed: seed)] } ?? Array(ratings.folds(folds ?? 5, seed: seed))
    }

    private var options: [String: String] {
        var options = [
            "models": models.description, "relevant": "\(relevant)", "seed": "\(seed)",
            "threads": "\(runtime.threadCount)",
        ]
        if let source { options["source"] = source }
        if !train.isEmpty {
            options["train"] = train.joined(separator: ",")
            options["test"] = test.joined(separator: ",")
        } else if let holdout {
            options["holdout"] = "\(holdout)"
        } else {
            options["folds"] = "\(folds ?? 5)"
        }
        return options
    }

    private func table(_ comparison: Comparison) -> String {
        let foldCount = comparison.results.map(\.fold).max() ?? 0
        let columns = [
            Column(title: "RMSE", metric: "rmse", lowestIsBest: true),
            Column(title: "MAE", metric: "mae", lowestIsBest: true),
            Column(title: "nDCG@10", metric: "ndcg", cutoff: 10),
            Column(title: "recall@10", metric: "recall", cutoff: 10),
            Column(title: "hits@10", metric: "hit_rate", cutoff: 10),
            Column(title: "fit s", metric: "fit_seconds", decimals: 2),
        ]
        let means = comparison.models.map { (model: $0, figures: comparison.means($0)) }
        let header = columns.map { $0.padded($0.title + "  ") }.joined()
        let rows = means.map { row in
            let cells = columns.map { $0.cell(row.figures, among: means.map(\.figures)) }.joined()
            return "  " + row.model.padding(toLength: 10, withPad: " ", startingAt: 0) + cells
        }
        return """
            Which model is best at what, mean of \(foldCount) \(foldCount == 1 ? "fold" : "folds")

            \(([String(repeating: " ", count: 12) + header] + rows).joined(separator: "\n"))

              Written to \(output): metrics.csv, report.json
            """
    }
}

/// A column of the table: one metric, its best value marked.
private struct Column {
    let title: String
    let metric: String
    var cutoff: Int?
    var lowestIsBest = false
    var decimals = 4

    func padded(_ text: String) -> String { Console.aligned(text, 12) }

    func cell(_ figures: [Comparison.Figure], among all: [[Comparison.Figure]]) -> String {
        guard let value = value(figures) else { return padded("–  ") }
        let values = all.compactMap(self.value)
        let best = lowestIsBest ? values.min() : cutoff == nil ? nil : values.max()
        return padded(Console.fixed(value, decimals) + (value == best ? " ◂" : "  "))
    }

    private func value(_ figures: [Comparison.Figure]) -> Double? {
        figures.first { $0.metric == metric && $0.cutoff == cutoff }?.value
    }
}

/// The models to compare, as they are named on the command line.
struct ModelList: ExpressibleByArgument, CustomStringConvertible {
    let models: [ModelKind]

    init() { models = ModelKind.allCases }

    init?(argument: String) {
        let names = argument.split(separator: ",").map(String.init)
        models = names.compactMap(ModelKind.init)
        guard models.count == names.count, !models.isEmpty, Set(names).count == names.count else { return nil }
    }

    var description: String { models.map(\.rawValue).joined(separator: ",") }
    var defaultValueDescription: String { description }
}
