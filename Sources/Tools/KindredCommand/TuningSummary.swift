import Engine
import FileOutput
import Foundation
import Reports

/// What `tune` prints of a model.
struct TuningSummary: Encodable {
    let model: String
    let metric: String
    /// That of the defaults and of the winner, on the same splits.
    let default_score: Double
    let score: Double
    let splits: Int
    let trials: Int
    /// The number of the trial that won; 1 are the defaults.
    let trial: Int
    /// The minimum rating of a like, where the model learns from likes.
    let relevant: Float?
    let parameters: [String: String]
    private let changes: [String]

    enum CodingKeys: CodingKey {
        case model, metric, default_score, score, splits, trials, trial, relevant, parameters
    }

    init(_ tuned: TunedModel) {
        model = tuned.model.rawValue
        metric = tuned.metric.rawValue
        relevant = tuned.model.learnsFromLikes ? tuned.configuration.relevance : nil
        default_score = tuned.usual.score
        score = tuned.best.score
        splits = tuned.best.splits
        trials = tuned.trials.count
        trial = tuned.winner
        parameters = Dictionary(tuned.best.settings.map { ($0.name, $0.value) }) { first, _ in first }
        changes = tuned.changes
    }

    var text: String {
        let name = model.padding(toLength: 10, withPad: " ", startingAt: 0)
        let score = "\(metric) \(score.fixed(4)), by default \(default_score.fixed(4))"
        let chosen =
            changes.isEmpty ? "the defaults stay" : "trial \(trial) of \(trials): \(changes.joined(separator: ","))"
        return "  \(name)\(score) on \(splits) \(splits == 1 ? "split" : "splits"); \(chosen)"
    }
}

extension TunedModel {
    /// The parameters that won and differ from the defaults, as in `rank=64`.
    var changes: [String] {
        zip(best.settings, usual.settings).filter { $0 != $1 }.map { "\($0.0.name)=\($0.0.value)" }
    }
}

extension TuningReport.Search {
    init(_ tuned: TunedModel) {
        let parameters = tuned.model.parameters.filter { $0.search != nil }
        self.init(
            model: tuned.model.rawValue, metric: tuned.metric.rawValue, isLowerBetter: tuned.metric == .rmse,
            parameters: parameters.map { Parameter(name: $0.name, isLogarithmic: $0.search?.isLogarithmic == true) },
            trials: tuned.trials.map { trial in
                Trial(
                    number: trial.number, splits: trial.splits, score: trial.score, first: trial.first,
                    values: parameters.map { parameter in
                        trial.settings.first { $0.name == parameter.name }?.value ?? ""
                    })
            }, winner: tuned.winner)
    }
}
