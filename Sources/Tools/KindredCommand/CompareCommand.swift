import ArgumentParser
import Engine
import Evaluation
import FileOutput
import Foundation
import LinearAlgebra
import ModelFiles
import RatingFiles
import Ratings
import Reports

#if Serving
    import Governance
#endif

struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare models by the ratings they predict and the items they rank.",
        discussion: """
            Every model is trained and tested on the same ratings, fold by fold. No test rating is dropped: for users and \
            items unseen in training a model falls back to its biases or means, and they are counted. Rankings cover all \
            items that a user has not rated in training.

            MODELS
              global      the mean of all ratings; predicts only, as do the next three
              user-mean   the mean of the user's ratings
              item-mean   the mean of the item's ratings
              baseline    regularized biases of user and item
              popularity  what most users liked; ranks only
              als         matrix factorization by alternating least squares
              bayes       Bayesian matrix factorization, with uncertainty
              knn         user-KNN: ratings of the most similar users
              implicit    factorization of what was liked; ranks only, as do the next two
              ease        the item-item closed form
              blend       implicit and the user-user closed form together

            WRITES
              report.html  everything on one page, with charts
              metrics.csv  model, fold, metric, at, value
              report.json  the same by model, with differences, overlaps and options
              config.toml  all parameters of the models; --config repeats the run

            EXAMPLES
              kindred compare ml-100k --models als,knn --output out
              kindred compare ml-100k --models als,knn --als rank=64,regularization=2 --output out
              kindred compare --train u1.base --test u1.test --models bayes,als --output out
              kindred compare --train u1.base --test u1.test --factors mllib=cluster/mllib --output out
            """)

    @Argument(help: "A MovieLens folder or a ratings file to split; omit with --train and --test.")
    var source: String?

    @Option(help: ArgumentHelp("Folder to write to; created if missing.", valueName: "folder"))
    var output: String

    @OptionGroup(title: "Source") var reading: ReadingOptions

    @OptionGroup(title: "Split") var splits: SplitOptions

    @Option(name: .customLong("models"), help: ArgumentHelp("Comma-separated models.", valueName: "models"))
    var list = ModelList()

    @Option(
        parsing: .singleValue,
        help: ArgumentHelp(
            "A saved model, of kindred train or of a cluster, that joins the comparison under a name; repeat for several.",
            discussion: """
                It was trained on the ratings of --train, of which there is one file. A name has up to 24 letters, digits, \
                dots, hyphens and underscores.
                """,
            valueName: "name=folder"))
    var factors: [NamedFolder] = []

    @Option(
        help: ArgumentHelp(
            "Tune each model with n trials, \(OptionRange.trials.words), inside each fold's training ratings, as kindred tune does. (default: none)",
            valueName: "n"))
    var tune: Int?

    @OptionGroup(title: "Models") var models: ModelOptions

    @OptionGroup var spreadsheet: SpreadsheetOptions

    #if Serving
        @OptionGroup var lineage: LineageOptions
    #endif

    @OptionGroup(title: "Run") var runtime: RunOptions

    func validate() throws {
        if (source == nil) == splits.train.isEmpty {
            throw ValidationError("name either a source or pairs of --train and --test")
        }
        if !factors.isEmpty && splits.train.count != 1 {
            throw ValidationError("--factors goes with one pair of --train and --test: the ratings it was trained on")
        }
        let names = list.models.map(\.rawValue) + factors.map(\.name)
        guard Set(names).count == names.count else {
            throw ValidationError(
                "--factors needs a name for each model that no other has: \(names.joined(separator: ", "))")
        }
        try OptionRange.trials.validate("tune", tune)
        try models.validate(for: list.models)
    }

    func run() throws {
        #if Serving
            let job = LineageJob(
                "compare", "Compare recommenders on held-out ratings.", version: Version.kindred,
                inputs: ([source].compactMap { $0 } + splits.train + splits.test).flatMap {
                    lineage.input($0, reading.file)
                } + factors.map { LineageDataset(file: $0.folder) },
                outputs: [LineageDataset(file: output)])
            try lineage.telling(job) { _ in try compare() }
        #else
            try compare()
        #endif
    }

    private func compare() throws {
        var configuration = try models.configuration(for: list.models, threads: runtime.threadCount)
        let progress = ProgressLine(isEnabled: !runtime.quiet)
        let output = try OutputFolder(output, isSpreadsheetSafe: spreadsheet.spreadsheetSafe)
        Interruption.onInterrupt { output.discard() }
        defer { output.discard() }

        let dataset = try source.map { try read($0, progress) }
        progress.begin("reading")
        let folds = try splits.folds(of: dataset, seed: configuration.seed) { try read($0, progress) }
        let seen = splits.train.isEmpty ? [] : folds.map(\.seenCount)
        if !runtime.quiet { zip(folds, seen).enumerated().forEach { note($0 + 1, $1.0, seen: $1.1) } }
        let given = try folds.first.map { try self.given(for: $0.train.ratings) } ?? []
        progress.begin("comparing")
        let engine = ComparisonEngine(
            models: list.models, given: given, configuration: configuration,
            tuning: tune.map { FoldTuning(trials: $0, holdOut: splits.holdOut) })
        var tuned: [(fold: Int, model: TunedModel)] = []
        let (comparison, examples) = try engine.compare(
            folds, progress: { progress.update($0, note: $1) }, tuned: { tuned.append(($0, $1)) })
        progress.end()
        let ranks = comparison.results.contains { $0.rankings != nil }
        if ranks, !runtime.quiet, configuration.relevance == nil,
            let ratings = dataset?.ratings ?? folds.first?.train.ratings,
            let note = rareLikesNote(comparison.relevance, among: ratings)
        {
            Console.message(note)
        }
        configuration.relevance = comparison.relevance

        let report = ComparisonReport(
            comparison: comparison, examples: examples, options: options(configuration, tuned, seen),
            arithmetic: Arithmetic(.current), version: Version.kindred, source: title)
        try report.write(to: output)
        let parameters = ConfigurationFile.text(configuration, of: list.models)
        try output.write(ConfigurationFile.name) { writer throws(OutputError) in try writer.write(parameters) }
        try output.commit()
        for path in [source].compactMap({ $0 }) + splits.train + splits.test {
            OutputLedger(source: path, isQuiet: runtime.quiet).record(
                "comparison", output.files, anonymous: ["metrics.csv", ConfigurationFile.name])
        }
        if runtime.json {
            Console.result(json: try report.json)
        } else if !runtime.quiet {
            Console.result(
                ComparisonTable(comparison).text
                    + tuned.map { "\n  Fold \($0.fold), tuned: \(TuningSummary($0.model).text.drop { $0 == " " })" }
                    .joined()
                    + (ranks ? "\n\n  Likes: \(likesText(comparison.relevance))" : "\n")
                    + "\n  Arithmetic: \(report.arithmetic.text)\n  Written to \(self.output): report.html, metrics.csv, report.json, config.toml"
            )
        }
    }

    /// Reads a source and says how many malformed rows were skipped.
    private func read(_ path: String, _ progress: ProgressLine) throws -> Dataset {
        let dataset = try Dataset(path, reading, threads: runtime.threadCount, progress: progress)
        if let first = dataset.rejected.first, !runtime.quiet {
            Console.message(
                "note: \(path): \(dataset.rejected.count.counted("malformed row")) skipped; the first is line \(first.line)"
            )
        }
        return dataset
    }

    /// The saved models, each of which has to be for the users and items of the training ratings.
    private func given(for train: RatingMatrix) throws -> [GivenModel] {
        try factors.map { factors in
            let stored = try ModelArchive.read(factors.folder, for: train)
            return GivenModel(name: factors.name, kind: stored.kind, model: FittedModel(stored))
        }
    }

    /// Says that test ratings are in training too, where errors tell nothing or too little.
    private func note(_ number: Int, _ fold: ComparisonFold, seen: Int) {
        guard seen > 0 else { return }
        let all = fold.test.count
        Console.message(
            seen == all
                ? "note: fold \(number): training has all \(all.grouped) test ratings too, so error figures are of no use; "
                    + "name test ratings that training lacks."
                : "note: fold \(number): training has \(seen.grouped) of the \(all.grouped) test ratings too, so errors look "
                    + "smaller than they are.")
    }

    /// What the ratings are called: the name of the folder or file.
    private var title: String {
        let url = URL(fileURLWithPath: source ?? splits.train.first ?? "")
        return url.lastPathComponent
    }

    private func options(
        _ configuration: ModelConfiguration, _ tuned: [(fold: Int, model: TunedModel)], _ seen: [Int]
    ) -> [String: String] {
        var options = ConfigurationFile.options(configuration, of: list.models).merging(splits.chosen) { $1 }
        options["models"] = list.description
        options["threads"] = "\(runtime.threadCount)"
        options["source"] = source
        options["tune"] = tune.map(String.init)
        if !factors.isEmpty { options["factors"] = factors.map(\.description).joined(separator: " ") }
        for (index, count) in seen.enumerated() where count > 0 {
            options["test ratings seen in training, fold \(index + 1)"] = "\(count)"
        }
        for (fold, model) in tuned {
            options["\(model.model.rawValue), tuned on fold \(fold)"] = model.configuration.list(of: model.model)
        }
        return options
    }
}

/// The models to compare, as they are named on the command line.
struct ModelList: ExpressibleByArgument, CustomStringConvertible {
    let models: [ModelKind]

    init() { self.init([.baseline, .popularity, .als, .knn]) }

    init(_ models: [ModelKind]) { self.models = models }

    init?(argument: String) {
        let names = argument.split(separator: ",").map(String.init)
        models = names.compactMap(ModelKind.init)
        guard models.count == names.count, !models.isEmpty, Set(names).count == names.count else { return nil }
    }

    var description: String { models.map(\.rawValue).joined(separator: ",") }
    var defaultValueDescription: String { description }
}

/// A folder and what its content is called: `mllib=cluster/mllib`.
struct NamedFolder: ExpressibleByArgument, CustomStringConvertible {
    let name: String
    let folder: String

    init?(argument: String) {
        guard let match = argument.wholeMatch(of: /([A-Za-z0-9._-]{1,24})=(.+)/) else { return nil }
        (name, folder) = (String(match.1), String(match.2))
    }

    var description: String { "\(name)=\(folder)" }
}
