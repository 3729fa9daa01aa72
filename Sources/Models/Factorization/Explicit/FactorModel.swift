public import LinearAlgebra
public import Ratings

/// Factors and biases of users and items: the result of explicit alternating least squares.
///
/// r̂_ui = μ + b_u + b_i + p_u·q_i, averaged over the restarts and clamped to the rating scale. Unseen users and items
/// contribute nothing: the prediction falls back on the other's bias, or the mean for both.
public struct FactorModel: RatingPredictor, FactorRecommender {
    /// The factors of one restart.
    public struct Part: Sendable {
        /// The factors and biases of the users.
        public internal(set) var users: Factors
        /// The factors and biases of the items.
        public internal(set) var items: Factors

        /// Creates a part from factors of the same rank.
        public init(users: Factors, items: Factors) {
            precondition(users.rank == items.rank, "factors of one rank")
            self.users = users
            self.items = items
        }
    }

    /// μ, the mean of all ratings.
    public let mean: Float
    /// One per restart.
    public let parts: [Part]
    /// The configuration of the fit.
    public let configuration: ALSConfiguration
    /// Predictions are clamped to it.
    public let scale: RatingScale?

    /// Creates a model from the parts of its restarts.
    public init(mean: Float, parts: [Part], configuration: ALSConfiguration, scale: RatingScale?) {
        precondition(!parts.isEmpty, "at least one part")
        self.mean = mean
        self.parts = parts
        self.configuration = configuration
        self.scale = scale
    }

    public func prediction(user: Int?, item: Int?) -> Double {
        let sum = parts.reduce(0) { $0 + $1.product(user, item) }
        return scale.clamped(Double(mean) + sum / Double(parts.count))
    }

    public func predictions(foldingIn ratings: UserRatings, items: [Int]) throws -> [Double] {
        let own = try folded(ratings)
        return items.map { item in
            let sum = own.reduce(0) { $0 + $1.product(0, item) }
            return scale.clamped(Double(mean) + sum / Double(parts.count))
        }
    }

    /// b_i + p_u·q_i for every item, ordered like the predictions; b_i for users unseen in training.
    public func scores(user: Int?) -> [Float] { averaged(parts.map { $0.scores(user) }) }

    /// The factors and biases of each item, concatenated over restarts.
    public var itemVectors: DenseMatrix<Float> {
        let augmented = parts.map(\.items.augmented)
        return DenseMatrix(
            rows: augmented[0].rows, columns: augmented.reduce(0) { $0 + $1.columns },
            elements: (0..<augmented[0].rows).flatMap { item in augmented.flatMap { $0.row(item) } })
    }

    /// The factors and a 1 for the item's bias of each restart, divided by the number of restarts.
    public func vector(user: Int) -> [Float]? {
        parts.flatMap { Array($0.users.vectors.row(user)) + [1] }.map { $0 / Float(parts.count) }
    }

    public func scores(user: Int, items: [Int32]) -> [Float] { averaged(parts.map { $0.scores(user, items) }) }

    public func scores(foldingIn ratings: UserRatings) throws -> [Float] {
        averaged(try folded(ratings).map { $0.scores(0) })
    }

    /// The contribution of each rating of a user to b_u + p_u·q_i, in rating order; they add up to it.
    ///
    /// - Throws: `CholeskyError` if the user's equations have no solution.
    public func contributions(to item: Int, of ratings: UserRatings) throws -> [Float] {
        averaged(
            try parts.map { part in
                try ExplicitEquations(against: part.items.augmented, mean: mean, configuration)
                    .contributions(to: item, of: ratings.items[...], ratings.values[...])
            })
    }

    /// The factors and the bias of a user outside the training data, a single row for each restart.
    ///
    /// - Throws: `CholeskyError` if the user's equations have no solution.
    public func factors(foldingIn ratings: UserRatings) throws -> [Factors] {
        try parts.map { part in
            let equations = ExplicitEquations(against: part.items.augmented, mean: mean, configuration)
            var workspace = NormalEquations(order: equations.order, solver: configuration.solver)
            try equations.solve(ratings.items[...], ratings.values[...], in: &workspace)
            let row = DenseMatrix(rows: 1, columns: equations.order, elements: workspace.solution)
            return Factors(augmented: row)
        }
    }

    /// The parts with this user as the only one.
    private func folded(_ ratings: UserRatings) throws -> [Part] {
        zip(try factors(foldingIn: ratings), parts).map { Part(users: $0, items: $1.items) }
    }

    private func averaged(_ parts: [[Float]]) -> [Float] {
        guard parts.count > 1 else { return parts.first ?? [] }
        return (parts.first ?? []).indices.map { index in
            parts.reduce(0) { $0 + $1[index] } / Float(parts.count)
        }
    }
}

extension FactorModel.Part {
    /// b_u + b_i + p_u·q_i, summed in `Double`; nil contributes nothing.
    public func product(_ user: Int?, _ item: Int?) -> Double {
        var sum = Double(user.map { users.biases[$0] } ?? 0) + Double(item.map { items.biases[$0] } ?? 0)
        guard let user, let item else { return sum }
        let (own, other) = (user * users.rank, item * items.rank)
        for factor in 0..<users.rank {
            sum += Double(users.vectors.storage[own + factor]) * Double(items.vectors.storage[other + factor])
        }
        return sum
    }

    func scores(_ user: Int?) -> [Float] {
        guard let user else { return items.biases }
        return zip(items.vectors.times(Array(users.vectors.row(user))), items.biases).map { $0 + $1 }
    }

    func scores(_ user: Int, _ some: [Int32]) -> [Float] {
        let products = items.vectors.products(ofRows: some, with: Array(users.vectors.row(user)))
        return zip(some, products).map { items.biases[Int($0)] + $1 }
    }

    /// Σ (r − r̂)² over ratings.
    func squaredError(_ ratings: RatingMatrix, mean: Float) -> Double {
        (0..<ratings.users.count).reduce(0) { sum, user in
            ratings.ratings(ofUser: user).reduce(sum) { sum, rating in
                let error = Double(rating.1) - Double(mean) - product(user, Int(rating.0))
                return sum + error * error
            }
        }
    }
}
