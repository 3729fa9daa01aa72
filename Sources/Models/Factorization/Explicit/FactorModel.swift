public import LinearAlgebra
public import Ratings

/// Factors and biases of users and items: what explicit alternating least squares has learned.
///
/// r̂_ui = μ + b_u + b_i + p_u·q_i, the mean of it over the restarts, held inside the rating scale. What is unseen contributes
/// nothing, so an unseen user is answered by the item's bias, an unseen item by the user's, and both by the mean.
public struct FactorModel: RatingPredictor, FactorRecommender {
    /// The factors of one restart.
    public struct Part: Sendable {
        public internal(set) var users: Factors
        public internal(set) var items: Factors

        public init(users: Factors, items: Factors) {
            precondition(users.rank == items.rank, "factors of one rank")
            self.users = users
            self.items = items
        }
    }

    /// μ, the mean of all ratings.
    public let mean: Float
    /// One for each restart.
    public let parts: [Part]
    public let configuration: ALSConfiguration
    /// Predictions do not leave it.
    public let scale: RatingScale?

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

    /// b_i + p_u·q_i for every item, which orders as the predictions do; b_i for a user unseen in training.
    public func scores(user: Int?) -> [Float] { averaged(parts.map { $0.scores(user) }) }

    /// The factors and biases of each item, those of all restarts in a row.
    public var itemVectors: DenseMatrix<Float> {
        let augmented = parts.map(\.items.augmented)
        return DenseMatrix(
            rows: augmented[0].rows, columns: augmented.reduce(0) { $0 + $1.columns },
            elements: (0..<augmented[0].rows).flatMap { item in augmented.flatMap { $0.row(item) } })
    }

    /// The factors and a 1 for the item's bias of each restart, over the number of restarts.
    public func vector(user: Int) -> [Float]? {
        parts.flatMap { Array($0.users.vectors.row(user)) + [1] }.map { $0 / Float(parts.count) }
    }

    public func scores(user: Int, items: [Int32]) -> [Float] { averaged(parts.map { $0.scores(user, items) }) }

    public func scores(foldingIn ratings: UserRatings) throws -> [Float] {
        averaged(try folded(ratings).map { $0.scores(0) })
    }

    /// What each rating of a user contributes to b_u + p_u·q_i, in the order of the ratings; all together make it up.
    ///
    /// - Throws: `CholeskyError` where the user's equations have no solution.
    public func contributions(to item: Int, of ratings: UserRatings) throws -> [Float] {
        averaged(
            try parts.map { part in
                try ExplicitEquations(against: part.items.augmented, mean: mean, configuration)
                    .contributions(to: item, of: ratings.items[...], ratings.values[...])
            })
    }

    /// The parts with the user as their only one.
    private func folded(_ ratings: UserRatings) throws -> [Part] {
        try parts.map { part in
            let equations = ExplicitEquations(against: part.items.augmented, mean: mean, configuration)
            var workspace = NormalEquations(order: equations.order, solver: configuration.solver)
            try equations.solve(ratings.items[...], ratings.values[...], in: &workspace)
            let row = DenseMatrix(rows: 1, columns: equations.order, elements: workspace.solution)
            return Part(users: Factors(augmented: row), items: part.items)
        }
    }

    private func averaged(_ parts: [[Float]]) -> [Float] {
        guard parts.count > 1 else { return parts.first ?? [] }
        return (parts.first ?? []).indices.map { index in
            parts.reduce(0) { $0 + $1[index] } / Float(parts.count)
        }
    }
}

extension FactorModel.Part {
    /// b_u + b_i + p_u·q_i, summed in `Double`; what is nil contributes nothing.
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

    /// Σ (r − r̂)² on some ratings.
    func squaredError(_ ratings: RatingMatrix, mean: Float) -> Double {
        (0..<ratings.users.count).reduce(0) { sum, user in
            ratings.ratings(ofUser: user).reduce(sum) { sum, rating in
                let error = Double(rating.1) - Double(mean) - product(user, Int(rating.0))
                return sum + error * error
            }
        }
    }
}
