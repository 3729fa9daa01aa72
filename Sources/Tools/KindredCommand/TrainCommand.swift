import ArgumentParser
import Engine
import Factorization
import FileOutput
import Foundation
import LinearAlgebra
import ModelFiles
import Platform
import Ratings

#if Serving
    import Governance
#endif

struct TrainCommand: ParsableCommand {
    /// What can be trained and saved.
    enum Model: String, ExpressibleByArgument, CaseIterable {
        case als, implicit, bayes

        var kind: ModelKind {
            switch self {
            case .als: .als
            case .implicit: .implicit
            case .bayes: .bayes
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Fit a model and save it.",
        discussion: """
            WRITES
              model.json               the kind of model, with checksums of all files
              configuration.json       its configuration
              config.toml              the same by option names; --config repeats the fit
              users.csv, items.csv     the id of each row of the arrays
              *.npy                    factors and biases (als), factors (implicit), means and covariances (bayes)

            `kindred recommend SOURCE --factors FOLDER` loads it again. numpy.load opens the arrays.

            EXAMPLE
              kindred train ml-100k --model als --rank 64 --output factors
            """)

    @OptionGroup(title: "Source") var source: SourceOptions

    @Option(help: "Which model to fit.")
    var model = Model.als

    @Option(help: ArgumentHelp("Folder to write to; created if missing.", valueName: "folder"))
    var output: String

    @Option(
        help: ArgumentHelp(
            "als: a saved model of the same users, items and rank to continue from.", valueName: "folder"))
    var warmStart: String?

    @OptionGroup(title: "Models") var models: ModelOptions

    #if Serving
        @OptionGroup var lineage: LineageOptions
    #endif

    @OptionGroup(title: "Run") var runtime: RunOptions

    func validate() throws {
        if warmStart != nil && model != .als { throw ValidationError("--warm-start is for als") }
        try models.validate(for: [model.kind])
    }

    func run() throws {
        #if Serving
            let job = LineageJob(
                "train", "Fit a model and save it.", version: Version.kindred,
                inputs: lineage.input(source.source, source.reading.file), outputs: [LineageDataset(file: output)])
            try lineage.telling(job) { _ in try train() }
        #else
            try train()
        #endif
    }

    private func train() throws {
        var configuration = try models.configuration(for: [model.kind], threads: runtime.threadCount)
        let progress = ProgressLine(isEnabled: !runtime.quiet)
        let output = try OutputFolder(output, isPrivate: true)
        Interruption.onInterrupt { output.discard() }
        defer { output.discard() }
        let dataset = try Dataset(source, threads: runtime.threadCount, progress: progress)
        configuration = models.likes.resolve(
            configuration, for: [model.kind], on: dataset.ratings, isQuiet: runtime.quiet)
        let start = try warmStart.map { try first($0, dataset, &configuration) }

        progress.begin("fitting")
        var trace = Trace()
        let fitted = try fit(dataset, configuration, from: start) { share, loss in
            trace.steps.append(trace.begin.duration(to: .now) / .seconds(1))
            if let loss { trace.losses.append(loss) }
            progress.update(share)
        }
        progress.end()

        try ModelArchive.write(
            fitted, fittedOn: dataset.ratings, loss: trace.losses.last, version: Version.kindred, to: output)
        let parameters = ConfigurationFile.text(configuration, of: [model.kind])
        try output.write(ConfigurationFile.name) { writer throws(OutputError) in try writer.write(parameters) }
        try output.commit()
        OutputLedger(source: source.source, isQuiet: runtime.quiet).record("model", output.files)
        let summary = Summary(fitted, trace)
        if runtime.json {
            try Console.result(json: summary)
        } else if !runtime.quiet {
            Console.result(summary.text(output: self.output))
        }
    }

    /// The model to go on from; without a rank of its own the fit takes that of its start.
    private func first(
        _ folder: String, _ dataset: Dataset, _ configuration: inout ModelConfiguration
    ) throws -> FactorModel {
        let stored = try ModelArchive.read(folder, for: dataset.ratings)
        guard case .als(let start) = stored else { throw WrongStart(folder: folder, model: stored.name) }
        if configuration.als.rank == ModelConfiguration().als.rank, models.rank == nil {
            configuration.als.rank = start.configuration.rank
        }
        return start
    }

    private func fit(
        _ dataset: Dataset, _ configuration: ModelConfiguration, from start: FactorModel?,
        progress: @escaping (Double, Double?) -> Void
    ) throws -> StoredModel {
        let fitted = try model.kind.fit(
            dataset, configuration, from: start, progress: progress)
        guard let stored = fitted.stored else { preconditionFailure("\(model) cannot be saved") }
        return stored
    }
}

/// What a fit took, and how its loss fell.
private struct Trace {
    let begin = ContinuousClock.now
    /// Seconds from the beginning to the end of each half-step or sweep.
    var steps: [Double] = []
    /// After each half-step or sweep; of several restarts, the last.
    var losses: [Double] = []

    /// Seconds of an iteration, the first left out where there are more: what precedes it, such as the choice of the number of
    /// iterations, is no part of any.
    ///
    /// - Parameter length: the steps of an iteration.
    func secondsPerIteration(_ length: Int) -> Double {
        guard let last = steps.last, steps.count >= length else { return 0 }
        guard steps.count > length else { return last }
        return (last - steps[length - 1]) * Double(length) / Double(steps.count - length)
    }
}

/// What `train` prints.
private struct Summary: Encodable {
    let model: String
    let rank: Int
    /// Rounds of two half-steps, or sweeps of bayes.
    let iterations: Int
    let seconds_per_iteration: Double
    /// The training loss of als and implicit; the root mean square of the training errors of bayes' last draw.
    let loss: Double
    let losses: [Double]
    let peak_memory_bytes: Int
    let solver: String
    /// The minimum rating of a like, for implicit.
    var relevant: Float?
    let arithmetic: Arithmetic

    init(_ model: StoredModel, _ trace: Trace) {
        self.model = model.name
        let steps: Int
        switch model {
        case .als(let model):
            (rank, iterations, steps) = (model.configuration.rank, model.configuration.iterations, 2)
            solver = model.configuration.solver.rawValue
        case .implicit(let model):
            (rank, iterations, steps) = (model.configuration.rank, model.configuration.iterations, 2)
            relevant = model.configuration.feedback.threshold
            solver = model.configuration.solver.rawValue
        case .bayes(let model):
            (rank, iterations, steps) = (
                model.configuration.rank, model.configuration.burnIn + model.configuration.samples, 1
            )
            solver = model.configuration.solver.rawValue
        }
        seconds_per_iteration = trace.secondsPerIteration(steps)
        loss = trace.losses.last ?? 0
        losses = trace.losses
        peak_memory_bytes = ProcessMemory.peakBytes
        arithmetic = Arithmetic(.current)
    }

    func text(output: String) -> String {
        """
        \(model) of rank \(rank), \(iterations) iterations

        \(relevant.map { "  likes        \(likesText($0))\n" } ?? "")\
          loss         \((losses.first ?? 0).fixed(4)) after the first step, \(loss.fixed(4)) after the last
          time         \(seconds_per_iteration.fixed(3)) s an iteration
          memory       \(peak_memory_bytes >> 20) MiB at most
          arithmetic   \(arithmetic.text)

          Written to \(output): model.json and its arrays
        """
    }
}

/// A warm start from a model of another kind.
struct WrongStart: Error, CustomStringConvertible {
    let folder: String
    let model: String

    var description: String {
        "\(folder): the model is \(model); als goes on from als only. Train without --warm-start."
    }
}
