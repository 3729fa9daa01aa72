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

struct TuneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tune",
        abstract: "Tune the parameters of models on splits of the ratings.",
        discussion: """
            Random search with successive halving: many trials on one split, the best third of them on twice as many, and \
            so on up to eight. The first trial is the defaults, and they stay unless another is better on all splits. \
            Models that predict ratings are chosen by RMSE, others by nDCG of the first ten places. The splits hold out in \
            the way that compare would, but inside the source alone: give the ratings to learn from, never those to test on.

            An interrupted run resumes when it is started again with the same options.

            WRITES
              config.toml   the parameters that won; compare, train, recommend and serve take it with --config
              trials.csv    every trial: what it set, on how many splits it was measured, and its score
              tuning.html   the same as a page with charts

            EXAMPLES
              kindred tune u1.base --models als,knn --trials 40 --output tuned
              kindred compare --train u1.base --test u1.test --models als,knn --config tuned/config.toml --output out
            """)

    @OptionGroup(title: "Source") var source: SourceOptions

    @Option(
        name: .customLong("models"),
        help: ArgumentHelp(
            "Comma-separated models: \(ModelKind.tunable.map(\.rawValue).joined(separator: ", ")).",
            valueName: "models"))
    var list = ModelList([.als, .knn])

    @Option(
        help: ArgumentHelp(
            "Trials of each model, \(OptionRange.trials.words), the defaults among them.", valueName: "n"))
    var trials = 40

    @Option(help: ArgumentHelp("Folder to write to; created if missing.", valueName: "folder"))
    var output: String

    @OptionGroup(title: "Splits") var splits: HoldOutOptions

    @Option(
        help: ArgumentHelp(
            "With --holdout: the share of users who lose ratings, \(OptionRange.ofUsers.words). (default: 1)",
            valueName: "share"))
    var ofUsers: Double?

    @OptionGroup(title: "Where the search begins") var models: ModelOptions

    @OptionGroup var spreadsheet: SpreadsheetOptions

    #if Serving
        @OptionGroup var lineage: LineageOptions
    #endif

    @OptionGroup(title: "Run") var runtime: RunOptions

    func validate() throws {
        try OptionRange.trials.validate("trials", trials)
        if let model = list.models.first(where: { !ModelKind.tunable.contains($0) }) {
            throw ValidationError(
                "\(model.rawValue) has nothing to tune; choose from "
                    + ModelKind.tunable.map(\.rawValue).joined(separator: ", "))
        }
        if let ofUsers {
            if splits.holdout == nil { throw ValidationError("--of-users goes with --holdout") }
            try OptionRange.ofUsers.validate("of-users", ofUsers)
        }
        try models.validate(for: list.models)
    }

    func run() throws {
        #if Serving
            let job = LineageJob(
                "tune", "Search for good parameters of models.", version: Version.kindred,
                inputs: lineage.input(source.source, source.reading.file),
                outputs: [LineageDataset(file: output)])
            try lineage.telling(job) { _ in try tune() }
        #else
            try tune()
        #endif
    }

    private func tune() throws {
        var configuration = try models.configuration(for: list.models, threads: runtime.threadCount)
        let progress = ProgressLine(isEnabled: !runtime.quiet)
        let dataset = try Dataset(source, threads: runtime.threadCount, progress: progress)
        configuration = models.likes.resolve(
            configuration, for: list.models, on: dataset.ratings, isQuiet: runtime.quiet)
        let likes =
            list.models.contains(where: \.learnsFromLikes) ? configuration.relevance.map(likesText) : nil
        let tuning = Tuning(trials: trials, holdOut: holdOut, seed: configuration.seed)
        let journal = try TuningJournal(in: output, of: search(configuration, dataset.ratings))
        let memory = TrialMemory(journal.known) { journal.record($0) }
        var tuned: [TunedModel] = []
        for model in ModelKind.tunable where list.models.contains(model) {
            progress.begin("tuning \(model.rawValue)")
            let found = try tuning.tuned(model, configuration, on: dataset, memory: memory) {
                progress.update(
                    Double($0.done) / Double($0.total), note: $0.best.map { "best \($0.fixed(4))" })
            }
            configuration = found.configuration
            tuned.append(found)
        }
        progress.end()
        try write(tuned, configuration, likes: likes)
        journal.remove()
        if runtime.json {
            try Console.result(json: tuned.map(TuningSummary.init))
        } else if !runtime.quiet {
            Console.result(
                tuned.map { TuningSummary($0).text }.joined(separator: "\n")
                    + (likes.map { "\n\n  Likes: \($0)" } ?? "\n")
                    + "\n  Written to \(output): config.toml, trials.csv, tuning.html"
            )
        }
    }

    private var holdOut: HoldOut {
        guard let ofUsers, let share = splits.holdout else { return splits.holdOut }
        return .users(ofUsers, share: share)
    }

    private func write(_ tuned: [TunedModel], _ configuration: ModelConfiguration, likes: String?) throws {
        let folder = try OutputFolder(output, isSpreadsheetSafe: spreadsheet.spreadsheetSafe)
        defer { folder.discard() }
        let title = URL(fileURLWithPath: source.source).lastPathComponent
        var options = ["splits": "\(holdOut)", "trials": "\(trials)", "seed": "\(configuration.seed)"]
        options["likes"] = likes
        let report = TuningReport(
            source: title, version: Version.kindred, options: options, searches: tuned.map(TuningReport.Search.init))
        let (parameters, page) = (ConfigurationFile.text(configuration, of: list.models), report.html)
        try folder.write(ConfigurationFile.name) { writer throws(OutputError) in try writer.write(parameters) }
        try folder.write("trials.csv", report.writeTrials)
        try folder.write("tuning.html") { writer throws(OutputError) in try writer.write(page) }
        try folder.commit()
    }

    /// What tells this search from others. The number of trials does too: blend is tuned beside what won of implicit.
    private func search(_ configuration: ModelConfiguration, _ ratings: RatingMatrix) -> String {
        let options = ConfigurationFile.options(configuration, of: list.models).sorted { $0.key < $1.key }
        return "\(Version.kindred), ratings \(ratings.fingerprint), trials \(trials), splits \(holdOut), "
            + options.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}

extension RatingMatrix {
    /// A number that other ratings hardly have.
    fileprivate var fingerprint: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for user in 0..<users.count {
            for (item, rating) in ratings(ofUser: user) {
                for part in [UInt64(user), UInt64(item), UInt64(rating.bitPattern)] {
                    hash = (hash ^ part) &* 0x100_0000_01B3
                }
            }
        }
        return "\(users.count)-\(items.count)-\(count)-\(String(hash, radix: 16))"
    }
}
