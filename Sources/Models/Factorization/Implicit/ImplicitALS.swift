import LinearAlgebra
public import Ratings

/// Implicit matrix factorization of likes, by alternating least squares over all pairs, rated or not.
///
/// Minimizes Σ_rated c·(t − p_u·q_i)² + α₀·Σ_all (p_u·q_i)² + Σ_rows λ_row·‖row‖²; each half-step solves the
/// `ImplicitEquations` of one side, so the loss never rises. Ratings below the threshold count as weaker likes, by
/// `Feedback`. Users are solved last, so folding in a user's training ratings reproduces their factors.
///
/// - Complexity: O(iterations · (ratings · rank² + rows · rank³)) time divided by the threads; O((users + items) ·
///   rank) memory.
///
/// Source: Rendle, Krichene, Zhang & Koren 2021, arXiv:2110.14037, section 3; Hu, Koren & Volinsky 2008,
/// doi:10.1109/ICDM.2008.22. Where we differ: targets and weights depend on the ratings.
public struct ImplicitALS: Sendable {
    /// The configuration of the fit.
    public let configuration: ImplicitConfiguration

    /// - Throws: `FactorizationError` if the configuration is out of range.
    public init(_ configuration: ImplicitConfiguration = ImplicitConfiguration()) throws(FactorizationError) {
        try configuration.validate()
        self.configuration = configuration
    }

    /// - Parameter progress: called after each half-step, counted from 1, with the loss.
    public func fit(
        _ ratings: RatingMatrix, progress: AlternatingLeastSquares.Progress? = nil
    ) throws(FactorizationError) -> ImplicitModel {
        try requireRank(configuration.rank, for: ratings)
        var resolved = configuration
        let (threshold, scale) = try resolved.feedback.resolve(for: ratings)
        try resolved.requireWeights(on: scale)
        return try ImplicitALS(resolved).descend(ratings, scale, threshold: threshold, progress: progress)
    }

    private func descend(
        _ ratings: RatingMatrix, _ scale: RatingScale, threshold: Float, progress: AlternatingLeastSquares.Progress?
    ) throws(FactorizationError) -> ImplicitModel {
        var generator = SeededGenerator(seed: configuration.seed)
        let first = Factors(rows: ratings.users.count, rank: configuration.rank, using: &generator).vectors
        var users = Side("user", ratings.byUser, first, configuration)
        var items = Side(
            "item", ratings.byUser.transposed(threads: configuration.threads),
            DenseMatrix(rows: ratings.items.count, columns: configuration.rank), configuration)
        users.penalty = users.step.penalties(of: users.vectors, users.ratings, terms(against: items, scale))
            .reduce(0, +)
        for iteration in 1...configuration.iterations {
            let itemLoss = try halfStep(&items, against: users, scale)
            progress?(2 * iteration - 1, itemLoss + users.penalty)
            let userLoss = try halfStep(&users, against: items, scale)
            progress?(2 * iteration, userLoss + items.penalty)
            guard users.vectors.storage.allSatisfy(\.isFinite), items.vectors.storage.allSatisfy(\.isFinite) else {
                throw .notFinite(iteration: iteration)
            }
        }
        return ImplicitModel(
            users: users.vectors, items: items.vectors, configuration: configuration, scale: scale,
            likes: PopularityModel.fit(byItem: items.ratings, threshold: threshold, threads: configuration.threads))
    }

    private struct Side {
        /// The ratings, with this side as rows.
        let ratings: SparseMatrix<Float>
        /// The factors F of each row.
        var vectors: DenseMatrix<Float>
        /// FᵀF, summed by chunk.
        var gramian: DenseMatrix<Float>
        /// Σ_rows λ_row·‖row‖².
        var penalty = 0.0
        let step: HalfStep

        init(
            _ name: String, _ ratings: SparseMatrix<Float>, _ first: DenseMatrix<Float>,
            _ configuration: ImplicitConfiguration
        ) {
            self.ratings = ratings
            vectors = first
            step = HalfStep(
                side: name, rowOffsets: ratings.rowOffsets, order: first.columns, solver: configuration.solver,
                threads: configuration.threads)
            gramian = first.gramian(of: step.chunks, threads: configuration.threads)
        }
    }

    private func terms(against partners: Side, _ scale: RatingScale) -> ImplicitTerms {
        ImplicitTerms(configuration, scale: scale, gramian: partners.gramian, partners: partners.vectors.rows)
    }

    /// - Returns: the loss afterwards, without the penalty of the partners.
    private func halfStep(
        _ side: inout Side, against partners: Side, _ scale: RatingScale
    ) throws(FactorizationError) -> Double {
        let sums = try side.step.solve(
            side.ratings, terms(against: partners, scale), against: partners.vectors, into: &side.vectors)
        side.penalty = sums.penalty
        side.gramian = side.vectors.gramian(of: side.step.chunks, threads: configuration.threads)
        return sums.loss
    }
}
