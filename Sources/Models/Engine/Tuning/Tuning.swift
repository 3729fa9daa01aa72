import LinearAlgebra
public import Ratings

/// The choice of a model's parameters inside some ratings: random search with successive halving.
///
/// The defaults are the first trial, and what is found has to be better than they are on all splits. The same ratings, seed
/// and options give the same choice at any number of threads.
///
/// - Complexity: about 1.7 fits a trial.
///
/// Source: Bergstra & Bengio 2012, for random search; Ferrari Dacrema, Cremonesi & Jannach 2019,
/// doi:10.1145/3298689.3347058, for why a comparison needs it.
public struct Tuning: Sendable {
    /// How many trials of each model, the defaults among them, ≥ 1.
    public let trials: Int
    /// How splits are held out.
    public let holdOut: HoldOut
    /// Seeds the splits and what is drawn.
    public let seed: UInt64

    /// Creates a search of at least one trial.
    public init(trials: Int, holdOut: HoldOut, seed: UInt64) {
        precondition(trials >= 1, "at least the trial of the defaults")
        self.trials = trials
        self.holdOut = holdOut
        self.seed = seed
    }

    /// What is told as a search goes: how many measurements of about how many are done, and the best so far.
    public struct Progress: Sendable {
        /// The model at work.
        public let model: ModelKind
        /// Measurements done.
        public let done: Int
        /// Measurements expected in all.
        public let total: Int
        /// In the units of the model's metric.
        public let best: Double?
    }

    /// Chooses the parameters of a model.
    ///
    /// - Parameters:
    ///   - configuration: the defaults.
    ///   - memory: what has been measured already, and where measurements go.
    /// - Throws: `RatingsError` for splits by time without times, `TuningError` where the defaults themselves fail.
    public func tuned(
        _ model: ModelKind, _ configuration: ModelConfiguration, on dataset: Dataset,
        memory: TrialMemory = TrialMemory(),
        progress: (Progress) -> Void = { _ in }
    ) throws -> TunedModel {
        let ratings = dataset.ratings
        let configuration = configuration.resolved(for: ratings)
        let relevance = configuration.relevance(of: [ratings])
        let halving = SuccessiveHalving(trials: trials)
        let draw = TrialDraw(
            model: model, seed: seed, highestRank: min(ratings.users.count, ratings.items.count) - 1)
        let trials = try (0..<self.trials).map { number in
            try Trial(number: number, model: model, settings: draw.settings(number), configuration)
        }
        let total = halving.rungs.indices.reduce(0) { sum, place in
            let rung = halving.rungs[place]
            return sum + rung.trials * (rung.splits - (place > 0 ? halving.rungs[place - 1].splits : 0))
        }
        let threads = configuration.threads
        var losses = [SuccessiveHalving.Losses](repeating: [], count: trials.count)
        var done = 0
        let outcome = try halving.run { numbers, splits in
            var found = [SuccessiveHalving.Losses](repeating: [], count: numbers.count)
            for number in splits {
                let split = try holdOut.split(ratings, number: number, seed: seed)
                let measurement = TrialMeasurement(
                    model: model, split: ComparisonFold(split, of: dataset), number: number,
                    relevance: relevance, threads: threads, memory: memory)
                for part in Self.batches(numbers.count, threads) {
                    let measured = try measurement.losses(of: numbers[part].map { trials[$0] })
                    for (place, loss) in zip(part, measured) {
                        found[place].append(loss)
                        losses[numbers[place]].append(loss)
                    }
                    done += part.count
                    progress(
                        Progress(model: model, done: done, total: max(total, done), best: Self.best(losses, model)))
                }
            }
            return found
        }
        return TunedModel(model: model, trials: trials, outcome: outcome, configuration)
    }

    /// Few enough at a time for progress to be told, and as many as keep the threads at work; a batch shares what it can.
    private static func batches(_ count: Int, _ threads: Int) -> [Range<Int>] {
        let size = max(8, 4 * threads)
        return Parallel.ranges(count, of: size)
    }

    private static func best(_ losses: [SuccessiveHalving.Losses], _ model: ModelKind) -> Double? {
        let most = losses.reduce(0) { max($0, $1.count) }
        let means = losses.filter { $0.count == most && most > 0 }.map { SuccessiveHalving.best($0).mean }
        return means.min().map { model.tuningMetric == .rmse ? $0 : -$0 }
    }
}

/// A trial: a configuration, and the values of the parameter that it tries one after the other.
struct Trial: Sendable {
    let number: Int
    let settings: [ModelSetting]
    let configuration: ModelConfiguration
    /// Of `ModelKind.steps`; one for the defaults, none for a model without.
    let steps: [String]

    init(
        number: Int, model: ModelKind, settings: [ModelSetting], _ usual: ModelConfiguration
    ) throws(ModelSettingError) {
        var configuration = usual
        for setting in settings { try configuration.set(setting) }
        self.number = number
        self.settings = settings
        self.configuration = configuration
        steps =
            switch model.steps {
            case .some(let steps): number == 0 ? [steps.parameter.value(in: usual)] : steps.values
            case nil: []
            }
    }
}
