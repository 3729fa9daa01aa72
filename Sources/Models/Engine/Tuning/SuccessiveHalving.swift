/// Many trials on few splits, then ever fewer on ever more: most are told to be worse by little work.
///
/// Each rung keeps the best third of its trials and doubles the splits. Trial 0, the defaults, stays in to the end and wins
/// unless another is better on all splits. 40 trials: 40 on 1 split, 14 on 2, 5 on 4 and 2 on 8, about 75 measurements in place of 320.
///
/// Source: Jamieson & Talwalkar 2016, arXiv:1502.07943, with splits in the role of the budget.
public struct SuccessiveHalving: Sendable, Equatable {
    /// How many trials are measured on how many splits.
    public struct Rung: Sendable, Equatable {
        /// The number of trials.
        public let trials: Int
        /// The number of splits each is measured on.
        public let splits: Int
    }

    /// The rungs, first to last.
    public let rungs: [Rung]

    /// - Parameter trials: ≥ 1, the defaults among them.
    public init(trials: Int) {
        precondition(trials >= 1, "at least the trial of the defaults")
        var rungs = [Rung(trials: trials, splits: 1)]
        while let last = rungs.last, last.trials > 2 {
            rungs.append(Rung(trials: (last.trials + 2) / 3, splits: min(8, 2 * last.splits)))
        }
        self.rungs = rungs
    }

    /// The loss of a trial on each split that it was measured on, at each stage of its fit: `losses[split][stage]`.
    public typealias Losses = [[Double]]

    /// What a search has found.
    public struct Outcome: Sendable, Equatable {
        /// By trial; those that fell early have fewer splits.
        public let losses: [Losses]
        /// The winner; 0 are the defaults.
        public let best: Int
        /// The stage of the winner's fit that was best.
        public let stage: Int
    }

    /// Runs the search.
    ///
    /// - Parameter evaluate: the losses of some trials on some splits, by trial and split, lower ones better; infinite where a
    ///   fit fails.
    public func run<Failure: Error>(
        _ evaluate: (_ trials: [Int], _ splits: Range<Int>) throws(Failure) -> [Losses]
    ) throws(Failure) -> Outcome {
        var losses = [Losses](repeating: [], count: rungs[0].trials)
        var trials = Array(0..<rungs[0].trials)
        var splits = 0
        for rung in rungs {
            // The defaults are measured wherever others are.
            trials = Self.ranked(trials, losses).prefix(rung.trials).sorted()
            if !trials.contains(0) { trials.insert(0, at: 0) }
            if rung.splits > splits {
                for (trial, new) in zip(trials, try evaluate(trials, splits..<rung.splits)) { losses[trial] += new }
                splits = rung.splits
            }
        }
        let best = Self.ranked(trials, losses)[0]
        return Outcome(losses: losses, best: best, stage: Self.best(losses[best]).stage)
    }

    /// The best stage of a fit by the mean of its losses over the splits; the first of equals.
    public static func best(_ losses: Losses) -> (stage: Int, mean: Double) {
        let stages = losses.first?.count ?? 0
        let means = (0..<stages).map { stage in
            losses.reduce(0) { $0 + $1[stage] } / Double(losses.count)
        }
        let stage = means.indices.min { (means[$0], $0) < (means[$1], $1) } ?? 0
        return (stage, means.isEmpty ? 0 : means[stage])
    }

    /// Best first; of equals the first, so that nothing but a better trial takes the place of the defaults.
    private static func ranked(_ trials: [Int], _ losses: [Losses]) -> [Int] {
        let means = trials.map { (trial: $0, mean: best(losses[$0]).mean) }
        return means.sorted { ($0.mean, $0.trial) < ($1.mean, $1.trial) }.map(\.trial)
    }
}
