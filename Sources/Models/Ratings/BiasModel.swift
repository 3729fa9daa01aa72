import LinearAlgebra

/// The configuration of regularized biases.
public struct BiasConfiguration: Sendable, Equatable {
    /// λ_u ≥ 0, added to the number of ratings of a user. The default is 15; tuning covers 1…50.
    public var userRegularization = 15.0
    /// λ_i ≥ 0, added to the number of ratings of an item. The default is 10; tuning covers 1…50.
    public var itemRegularization = 10.0
    /// Iterations of alternating least squares, ≥ 1. The default is 10.
    public var iterations = 10

    /// Creates a configuration with the defaults.
    public init() {}

    /// Throws unless every field is in range.
    public func validate() throws(BiasError) {
        let failure = BiasError.init
        try OptionRange.regularization.check("user-regularization", userRegularization, failure)
        try OptionRange.regularization.check("item-regularization", itemRegularization, failure)
        try OptionRange.iterations.check("iterations", iterations, failure)
    }
}

/// A field of `BiasConfiguration` out of range.
public struct BiasError: Error, Equatable, CustomStringConvertible {
    /// The name of the field.
    public let option: String
    /// The observed value.
    public let value: String
    /// The allowed range.
    public let range: String

    public var description: String { "\(option) is \(value); it has to be \(range)" }
}

/// The baseline of all recommenders: r̂_ui = μ + b_u + b_i.
///
/// The biases minimize Σ (r_ui − μ − b_u − b_i)² + λ_u·Σ b_u² + λ_i·Σ b_i² alternately: b_i = Σ_u (r_ui − μ − b_u)/(λ_i
/// + n_i), then b_u likewise. Unseen users and items have bias 0, so the prediction rests on the other.
///
/// One user rates 5 and 3, λ_u = λ_i = 0, one iteration: μ = 4, b_i = 1 and −1, b_u = 0.
///
/// - Complexity: O(iterations · ratings) time, O(users + items) memory.
///
/// Source: Koren 2010, doi:10.1145/1644873.1644874, section 2.1; the defaults are those of Surprise's BaselineOnly.
public struct BiasModel: RatingPredictor, Equatable {
    /// μ, the mean of all ratings.
    public let mean: Double
    /// b_u of every user.
    public let userBiases: [Double]
    /// b_i of every item.
    public let itemBiases: [Double]
    /// The configuration of the fit.
    public let configuration: BiasConfiguration
    /// Predictions are clamped to it.
    public let scale: RatingScale?

    /// Creates a model from its biases.
    public init(
        mean: Double, userBiases: [Double], itemBiases: [Double],
        configuration: BiasConfiguration = BiasConfiguration(), scale: RatingScale? = nil
    ) {
        self.configuration = configuration
        self.scale = scale
        self.mean = mean
        self.userBiases = userBiases
        self.itemBiases = itemBiases
    }

    /// Fits the biases to ratings.
    public static func fit(_ ratings: RatingMatrix, _ configuration: BiasConfiguration = BiasConfiguration())
        -> BiasModel
    {
        let matrix = ratings.byUser
        let mean = matrix.values.reduce(0) { $0 + Double($1) } / Double(max(1, matrix.count))
        let itemCounts = ratings.itemCounts
        let itemWeights = itemCounts.map { configuration.itemRegularization + Double($0) }
        var userBiases = [Double](repeating: 0, count: matrix.rows)
        var itemBiases = [Double](repeating: 0, count: matrix.columns)
        var sums = itemBiases
        add(matrix, less: mean, to: &sums) { _ in 0 }
        for _ in 0..<configuration.iterations {
            for item in sums.indices where itemCounts[item] > 0 { itemBiases[item] = sums[item] / itemWeights[item] }
            for item in sums.indices { sums[item] = 0 }
            // A user's ratings are still cached when added to the sums of the next iteration.
            add(matrix, less: mean, to: &sums) { [itemBiases] user in
                userBiases[user] = userBias(of: user, matrix, mean, itemBiases, configuration)
                return userBiases[user]
            }
        }
        return BiasModel(
            mean: mean, userBiases: userBiases, itemBiases: itemBiases, configuration: configuration,
            scale: RatingScale(of: ratings))
    }

    /// Adds each rating minus μ and its user's bias to the sum of its item.
    @inline(__always)
    private static func add(
        _ matrix: SparseMatrix<Float>, less mean: Double, to sums: inout [Double], _ bias: (_ user: Int) -> Double
    ) {
        let (columns, values) = (matrix.columnIndices.span, matrix.values.span)
        var sums = sums.mutableSpan
        for user in 0..<matrix.rows {
            let bias = bias(user)
            for entry in matrix.entries(ofRow: user) {
                sums[Int(columns[entry])] += Double(values[entry]) - mean - bias
            }
        }
    }

    /// Σ (r − μ − b_i)/(λ_u + n); 0 without ratings.
    @inline(__always)
    private static func userBias(
        of user: Int, _ matrix: SparseMatrix<Float>, _ mean: Double, _ itemBiases: [Double],
        _ configuration: BiasConfiguration
    ) -> Double {
        let entries = matrix.entries(ofRow: user)
        guard !entries.isEmpty else { return 0 }
        let (columns, values, biases) = (matrix.columnIndices.span, matrix.values.span, itemBiases.span)
        var sum = 0.0
        for entry in entries { sum += Double(values[entry]) - mean - biases[Int(columns[entry])] }
        return sum / (configuration.userRegularization + Double(entries.count))
    }

    /// μ + b_u + b_i, not clamped to the scale: the baseline that other models subtract from ratings.
    public func expectation(user: Int?, item: Int?) -> Double {
        mean + (user.map { userBiases[$0] } ?? 0) + (item.map { itemBiases[$0] } ?? 0)
    }

    public func prediction(user: Int?, item: Int?) -> Double {
        scale.clamped(expectation(user: user, item: item))
    }

    /// b_u of a user outside the training data, from their ratings: Σ (r − μ − b_i)/(λ_u + n).
    public func userBias(foldingIn ratings: UserRatings) -> Double {
        let surprise = zip(ratings.items, ratings.values).reduce(0) {
            $0 + Double($1.1) - mean - itemBiases[Int($1.0)]
        }
        let weight = configuration.userRegularization + Double(ratings.count)
        return ratings.count == 0 ? 0 : surprise / weight
    }

    public func predictions(foldingIn ratings: UserRatings, items: [Int]) -> [Double] {
        let bias = userBias(foldingIn: ratings)
        return items.map { scale.clamped(mean + bias + itemBiases[$0]) }
    }
}
