import Ratings

/// The tuning of the models of a comparison, inside the training ratings of each fold.
public struct FoldTuning: Sendable {
    /// How many trials of each model, ≥ 1.
    public let trials: Int
    /// The way of the folds; nil for one like that of each fold.
    public let holdOut: HoldOut?

    /// Creates a tuning of at least one trial.
    public init(trials: Int, holdOut: HoldOut?) {
        precondition(trials >= 1, "at least the trial of the defaults")
        self.trials = trials
        self.holdOut = holdOut
    }

    func tuned(
        _ model: ModelKind, _ configuration: ModelConfiguration, on fold: ComparisonFold
    ) throws -> TunedModel {
        let holdOut = holdOut ?? HoldOut(like: RatingSplit(train: fold.train.ratings, test: fold.test))
        return try Tuning(trials: trials, holdOut: holdOut, seed: configuration.seed)
            .tuned(model, configuration, on: fold.train)
    }
}
