/// What a search has found for a model, with all that it tried.
public struct TunedModel: Sendable {
    /// By what models are chosen.
    public enum Metric: String, Sendable {
        /// Root mean square error of ratings, for models that predict them.
        case rmse
        /// nDCG of the first ten places, for those that rank.
        case ndcg = "ndcg@10"
    }

    /// A trial as it is listed.
    public struct Trial: Sendable, Equatable {
        /// From 1; 1 are the defaults.
        public let number: Int
        /// All parameters of the model.
        public let settings: [ModelSetting]
        /// How many splits it was measured on.
        public let splits: Int
        /// The mean of the metric over these.
        public let score: Double
        /// The metric on the first split, which all trials have.
        public let first: Double
    }

    /// The tuned model.
    public let model: ModelKind
    /// All trials, by number.
    public let trials: [Trial]
    /// The number of the trial that won, from 1.
    public let winner: Int
    /// The configuration that it was begun with, with the parameters that won.
    public let configuration: ModelConfiguration

    /// The metric that trials were chosen by.
    public var metric: Metric { model.tuningMetric }
    /// The winning trial.
    public var best: Trial { trials[winner - 1] }
    /// The first trial, on as many splits as the winner.
    public var usual: Trial { trials[0] }

    init(
        model: ModelKind, trials: [Engine.Trial], outcome: SuccessiveHalving.Outcome, _ usual: ModelConfiguration
    ) {
        var configurations: [ModelConfiguration] = []
        self.model = model
        self.trials = trials.map { trial in
            let losses = outcome.losses[trial.number]
            let (stage, mean) = SuccessiveHalving.best(losses)
            var configuration = trial.configuration
            if let steps = model.steps, trial.steps.indices.contains(stage) {
                // The values of a step are values of the parameter.
                _ = steps.parameter.set(trial.steps[stage], in: &configuration)
            }
            configurations.append(configuration)
            let sign = model.tuningMetric == .rmse ? 1.0 : -1.0
            return Trial(
                number: trial.number + 1, settings: configuration.settings(of: model), splits: losses.count,
                score: sign * mean, first: sign * losses[0][stage])
        }
        winner = outcome.best + 1
        configuration = configurations[outcome.best]
    }
}

extension ModelKind {
    /// What tuning looks at.
    public var tuningMetric: TunedModel.Metric {
        switch self {
        case .global, .userMean, .itemMean, .baseline, .als, .bayes, .knn: .rmse
        case .popularity, .implicit, .ease, .blend: .ndcg
        }
    }

    /// The models that can be tuned, in the order in which it is done: `blend` after `implicit`, which is its other half.
    public static var tunable: [ModelKind] { allCases.filter { $0.parameters.contains { $0.search != nil } } }
}
