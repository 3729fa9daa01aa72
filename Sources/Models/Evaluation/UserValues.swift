import Ratings

/// A metric by user and model over all folds, for paired comparison of models.
///
/// Users tested in several folds count once, with their mean.
public struct UserValues: Sendable {
    /// The name of the metric.
    public let metric: Metric
    private let models: [String]
    private var userIndex: [ExactText: Int] = [:]
    /// By user, in order of appearance: sum and count of the values per model.
    private var sums: [[(sum: Double, count: Int)]] = []

    /// Creates an empty collection for models.
    public init(metric: Metric, models: [String]) {
        self.metric = metric
        self.models = models
    }

    /// Adds a value of a user for a model, by its index.
    public mutating func add(_ value: Double, model: Int, user: String) {
        let index = userIndex[ExactText(user)] ?? sums.count
        if index == sums.count {
            userIndex[ExactText(user)] = index
            sums.append(Array(repeating: (0, 0), count: models.count))
        }
        sums[index][model].sum += value
        sums[index][model].count += 1
    }

    /// The values of all models for the users they have in common; models without values are omitted.
    public var aligned: [(name: String, values: [Double])] {
        let present = models.indices.filter { model in sums.contains { $0[model].count > 0 } }
        let users = sums.filter { user in present.allSatisfy { user[$0].count > 0 } }
        return present.map { model in
            (models[model], users.map { $0[model].sum / Double($0[model].count) })
        }
    }
}
