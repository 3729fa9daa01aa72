/// A metric by user and model, gathered over folds: what models are compared on, pair by pair.
///
/// A user who is tested in several folds counts once, with the mean over them.
public struct UserValues: Sendable {
    public let metric: Metric
    private let models: [String]
    private var userIndex: [String: Int] = [:]
    /// By user, in the order of their coming: for each model the sum of the values and how many.
    private var sums: [[(sum: Double, count: Int)]] = []

    public init(metric: Metric, models: [String]) {
        self.metric = metric
        self.models = models
    }

    public mutating func add(_ value: Double, model: Int, user: String) {
        let index = userIndex[user] ?? sums.count
        if index == sums.count {
            userIndex[user] = index
            sums.append(Array(repeating: (0, 0), count: models.count))
        }
        sums[index][model].sum += value
        sums[index][model].count += 1
    }

    /// The values of every model for the users that all of these models have; models without any are left out.
    public var aligned: [(name: String, values: [Double])] {
        let present = models.indices.filter { model in sums.contains { $0[model].count > 0 } }
        let users = sums.filter { user in present.allSatisfy { user[$0].count > 0 } }
        return present.map { model in
            (models[model], users.map { $0[model].sum / Double($0[model].count) })
        }
    }
}
