import LinearAlgebra
public import Ratings

/// Explicit matrix factorization by alternating least squares, with biases in the normal equations.
///
/// r̂_ui = μ + b_u + b_i + p_u·q_i. With one side fixed, each row of the other solves its `ExplicitEquations`; each
/// half-step minimizes the loss over one side, so the loss never rises. Rows without ratings are zero. Users are solved
/// last, so folding in a user's training ratings reproduces their factors.
///
/// - Complexity: O(iterations · (ratings · rank² + rows · rank³)) time divided by the threads; O((users + items) ·
///   rank) memory.
///
/// Source: Zhou, Wilkinson, Schreiber & Pan 2008, doi:10.1007/978-3-540-68880-8_32. Where we differ: biases are coordinates of
/// the same equations, and the regularization grows with n^ν instead of n unless ν = 1.
public struct AlternatingLeastSquares: Sendable {
    /// The configuration of the fit.
    public let configuration: ALSConfiguration

    /// - Throws: `FactorizationError` if the configuration is out of range.
    public init(_ configuration: ALSConfiguration = ALSConfiguration()) throws(FactorizationError) {
        try configuration.validate()
        self.configuration = configuration
    }

    /// Called after each half-step, counted from 1, with the loss.
    public typealias Progress = (_ halfStep: Int, _ loss: Double) -> Void

    /// - Parameters:
    ///   - start: a model of the same users, items and rank for a warm start.
    ///   - progress: called for restart after restart, each counted from 1.
    public func fit(
        _ ratings: RatingMatrix, from start: FactorModel? = nil, progress: Progress? = nil
    ) throws(FactorizationError) -> FactorModel {
        let scale = RatingScale(of: ratings)
        try requireRank(configuration.rank, for: ratings)
        try requireSpread(scale)
        var chosen = configuration
        if configuration.validationShare > 0 { chosen.iterations = try bestIteration(ratings, start) }
        var descent = Descent(ratings, chosen)
        var parts: [FactorModel.Part] = []
        for restart in 0..<chosen.restarts {
            descent.part = try first(ratings, start, restart: restart)
            for iteration in 1...chosen.iterations { try descent.iterate(iteration, progress) }
            parts.append(descent.part)
        }
        return FactorModel(mean: descent.mean, parts: parts, configuration: chosen, scale: scale)
    }

    /// The iteration, counted from 1, with the lowest error on the held-out share.
    private func bestIteration(
        _ ratings: RatingMatrix, _ start: FactorModel?
    ) throws(FactorizationError) -> Int {
        let split = ratings.validationSplit(configuration.validationShare, seed: configuration.seed)
        guard split.train.count > 0, split.test.count > 0 else { throw .noRatings }
        var descent = Descent(split.train, configuration)
        descent.part = try first(split.train, start, restart: 0)
        var errors: [Double] = []
        for iteration in 1...configuration.iterations {
            try descent.iterate(iteration, nil)
            errors.append(descent.part.squaredError(split.test, mean: descent.mean))
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
    private var users: Side
    private var items: Side

    private struct Side {
        /// The ratings, with this side as rows.
        let ratings: SparseMatrix<Float>
        /// Factors, then the bias, of each row.
        var vectors: DenseMatrix<Float>
        /// Σ n^ν·(λ·‖factors‖² + λ_b·bias²) over the rows; the loss is the sum over both sides plus the squared errors.
        var penalty = 0.0
        let step: HalfStep

        init(_ name: String, _ ratings: SparseMatrix<Float>, _ configuration: ALSConfiguration) {
            self.ratings = ratings
            vectors = DenseMatrix(rows: ratings.rows, columns: configuration.rank + 1)
            step = HalfStep(
                side: name, rowOffsets: ratings.rowOffsets, order: vectors.columns, solver: configuration.solver,
                threads: configuration.threads)
        }
    }

    init(_ ratings: RatingMatrix, _ configuration: ALSConfiguration) {
        self.configuration = configuration
        users = Side("user", ratings.byUser, configuration)
        items = Side("item", ratings.byUser.transposed(threads: configuration.threads), configuration)
        mean = Float(users.step.valueSums(ratings.byUser).reduce(0, +) / Double(ratings.count))
    }

    private var terms: ExplicitTerms { ExplicitTerms(configuration: configuration, mean: mean) }

    /// The current factors and biases.
    var part: FactorModel.Part {
        get { FactorModel.Part(users: Factors(augmented: users.vectors), items: Factors(augmented: items.vectors)) }
        set {
            (users.vectors, items.vectors) = (newValue.users.augmented, newValue.items.augmented)
            users.penalty = users.step.penalties(of: users.vectors, users.ratings, terms).reduce(0, +)
        }
    }

    mutating func iterate(
        _ iteration: Int, _ progress: AlternatingLeastSquares.Progress?
    ) throws(FactorizationError) {
        let itemLoss = try halfStep(&items, against: users)
        progress?(2 * iteration - 1, itemLoss + users.penalty)
        let userLoss = try halfStep(&users, against: items)
        progress?(2 * iteration, userLoss + items.penalty)
        guard users.vectors.storage.allSatisfy(\.isFinite), items.vectors.storage.allSatisfy(\.isFinite) else {
            throw .notFinite(iteration: iteration)
        }
    }

    /// - Returns: the loss afterwards, without the penalty of the partners.
    private func halfStep(
        _ side: inout Side, against partners: Side
    ) throws(FactorizationError) -> Double {
        let starts = configuration.isNonnegative ? side.vectors : nil
        let sums = try side.step.solve(
            side.ratings, terms, against: partners.vectors, starts: starts, into: &side.vectors)
        side.penalty = sums.penalty
        return sums.loss
    }
}
