import LinearAlgebra
public import Ratings

/// Explicit matrix factorization by alternating least squares, biases inside the normal equations.
///
/// r̂_ui = μ + b_u + b_i + p_u·q_i. With one side fixed, each row of the other solves its `ExplicitEquations`; each half-step
/// minimizes the loss over one side, so the loss never rises. A row without ratings is zero. The users are solved last, so
/// folding in the training ratings of a user gives the user's own factors.
///
/// - Complexity: O(iterations · (ratings · rank² + rows · rank³)) time over the threads; O((users + items) · rank) memory.
///
/// Source: Zhou, Wilkinson, Schreiber & Pan 2008, doi:10.1007/978-3-540-68880-8_32. Where we differ: biases are coordinates of
/// the same equations, and the regularization grows with n^ν instead of n unless ν = 1.
public struct AlternatingLeastSquares: Sendable {
    public let configuration: ALSConfiguration

    /// - Throws: `FactorizationError` where the configuration is out of range.
    public init(_ configuration: ALSConfiguration = ALSConfiguration()) throws(FactorizationError) {
        try configuration.validate()
        self.configuration = configuration
    }

    /// Told of each half-step that is done, counted from 1, with the loss after it.
    public typealias Progress = (_ halfStep: Int, _ loss: Double) -> Void

    /// - Parameters:
    ///   - start: a model of the same users, items and rank whose factors are the first ones: a warm start.
    ///   - progress: of the last restart where there are several.
    public func fit(
        _ ratings: RatingMatrix, from start: FactorModel? = nil, progress: Progress? = nil
    ) throws(FactorizationError) -> FactorModel {
        let scale = RatingScale(of: ratings)
        try requireRank(configuration.rank, for: ratings)
        try requireSpread(scale)
        var chosen = configuration
        if configuration.validationShare > 0 { chosen.iterations = try bestIteration(ratings, start) }
        let descent = Descent(ratings, chosen)
        var parts: [FactorModel.Part] = []
        for restart in 0..<chosen.restarts {
            var part = try first(ratings, start, restart: restart)
            let told = restart == chosen.restarts - 1 ? progress : nil
            for iteration in 1...chosen.iterations { try descent.iterate(&part, iteration, told) }
            parts.append(part)
        }
        return FactorModel(mean: descent.mean, parts: parts, configuration: chosen, scale: scale)
    }

    /// The iteration, counted from 1, after which the held-out share was predicted best.
    private func bestIteration(
        _ ratings: RatingMatrix, _ start: FactorModel?
    ) throws(FactorizationError) -> Int {
        let split = ratings.validationSplit(configuration.validationShare, seed: configuration.seed)
        guard split.train.count > 0, split.test.count > 0 else { throw .noRatings }
        let descent = Descent(split.train, configuration)
        var part = try first(split.train, start, restart: 0)
        var errors: [Double] = []
        for iteration in 1...configuration.iterations {
            try descent.iterate(&part, iteration, nil)
            errors.append(part.squaredError(split.test, mean: descent.mean))
        }
        let least = errors.indices.min { (errors[$0], $0) < (errors[$1], $1) } ?? 0
        return least + 1
    }

    private func first(
        _ ratings: RatingMatrix, _ start: FactorModel?, restart: Int
    ) throws(FactorizationError) -> FactorModel.Part {
        let shape = "\(ratings.users.count) × \(configuration.rank) and \(ratings.items.count) × \(configuration.rank)"
        if let start, let part = start.parts.dropFirst(restart % start.parts.count).first {
            let found = "\(part.users.rows) × \(part.users.rank) and \(part.items.rows) × \(part.items.rank)"
            guard found == shape else { throw .otherShape(expected: shape, found: found) }
            return part
        }
        var generator = SeededGenerator(seed: configuration.seed &+ UInt64(restart) &* 0x9E37_79B9)
        let nonnegative = configuration.isNonnegative
        return FactorModel.Part(
            users: Factors(
                rows: ratings.users.count, rank: configuration.rank, isNonnegative: nonnegative, using: &generator),
            items: Factors(
                rows: ratings.items.count, rank: configuration.rank, isNonnegative: nonnegative, using: &generator))
    }
}

/// The alternation on one set of ratings.
private struct Descent {
    let mean: Float
    private let configuration: ALSConfiguration
    private let byUser: SparseMatrix<Float>
    private let byItem: SparseMatrix<Float>

    init(_ ratings: RatingMatrix, _ configuration: ALSConfiguration) {
        self.configuration = configuration
        byUser = ratings.byUser
        byItem = byUser.transposed()
        mean = Float(byUser.values.reduce(0) { $0 + Double($1) } / Double(ratings.count))
    }

    func iterate(
        _ part: inout FactorModel.Part, _ iteration: Int, _ progress: AlternatingLeastSquares.Progress?
    ) throws(FactorizationError) {
        part.items = try halfStep(byItem, part.items, against: part.users, side: "item")
        progress?(2 * iteration - 1, loss(part))
        part.users = try halfStep(byUser, part.users, against: part.items, side: "user")
        progress?(2 * iteration, loss(part))
        guard part.users.areFinite && part.items.areFinite else { throw .notFinite(iteration: iteration) }
    }

    private func halfStep(
        _ matrix: SparseMatrix<Float>, _ own: Factors, against partners: Factors, side: String
    ) throws(FactorizationError) -> Factors {
        let equations = ExplicitEquations(against: partners, mean: mean, configuration)
        let step = HalfStep(side: side, rows: matrix.rows, order: equations.order, threads: configuration.threads)
        let needsStart = configuration.isNonnegative
        return Factors(
            augmented: try step.solve { row, workspace throws(CholeskyError) in
                let entries = matrix.entries(ofRow: row)
                return try equations.solve(
                    matrix.columnIndices[entries], matrix.values[entries], start: needsStart ? own.augmented(row) : nil,
                    in: &workspace)
            })
    }

    /// Σ (r − r̂)² + Σ n^ν·(λ·‖factors‖² + λ_b·bias²) over both sides.
    private func loss(_ part: FactorModel.Part) -> Double {
        var loss = 0.0
        for user in 0..<byUser.rows {
            for entry in byUser.entries(ofRow: user) {
                let error =
                    Double(byUser.values[entry])
                    - part.product(user, Int(byUser.columnIndices[entry])) - Double(mean)
                loss += error * error
            }
            loss += penalty(part.users, user, count: byUser.entries(ofRow: user).count)
        }
        for item in 0..<byItem.rows { loss += penalty(part.items, item, count: byItem.entries(ofRow: item).count) }
        return loss
    }

    private func penalty(_ factors: Factors, _ row: Int, count: Int) -> Double {
        let square = factors.vectors.row(row).reduce(0) { $0 + Double($1) * Double($1) }
        let bias = Double(factors.biases[row])
        return ExplicitEquations.growth(count, configuration.regularizationExponent)
            * (configuration.regularization * square + configuration.biasRegularization * bias * bias)
    }
}
