import LinearAlgebra
public import Ratings
import RealModule

/// Matrix factorization of what users like, by alternating least squares over all pairs, rated or not.
///
/// Minimizes Σ_rated c·(t − p_u·q_i)² + α₀·Σ_all (p_u·q_i)² + Σ_rows λ_row·‖row‖²; each half-step solves the
/// `ImplicitEquations` of one side, so the loss never rises. Ratings below the threshold count as weaker likes, as
/// `Feedback` says. The users are solved last, so folding in the training ratings of a user gives the user's own factors.
///
/// - Complexity: O(iterations · (ratings · rank² + rows · rank³)) time over the threads; O((users + items) · rank) memory.
///
/// Source: Rendle, Krichene, Zhang & Koren 2021, arXiv:2110.14037, section 3; Hu, Koren & Volinsky 2008,
/// doi:10.1109/ICDM.2008.22. Where we differ: targets and weights come from the ratings.
public struct ImplicitALS: Sendable {
    public let configuration: ImplicitConfiguration

    /// - Throws: `FactorizationError` where the configuration is out of range.
    public init(_ configuration: ImplicitConfiguration = ImplicitConfiguration()) throws(FactorizationError) {
        try configuration.validate()
        self.configuration = configuration
    }

    /// - Parameter progress: told of each half-step that is done, counted from 1, with the loss after it.
    public func fit(
        _ ratings: RatingMatrix, progress: AlternatingLeastSquares.Progress? = nil
    ) throws(FactorizationError) -> ImplicitModel {
        try requireRank(configuration.rank, for: ratings)
        try requireLikes(configuration.feedback.threshold, on: RatingScale(of: ratings))
        guard let scale = RatingScale(of: ratings) else { throw .noRatings }
        let byUser = ratings.byUser
        let byItem = byUser.transposed()
        var generator = SeededGenerator(seed: configuration.seed)
        var users = Factors(rows: byUser.rows, rank: configuration.rank, using: &generator).vectors
        var items = DenseMatrix<Float>(rows: byItem.rows, columns: configuration.rank)
        for iteration in 1...configuration.iterations {
            items = try halfStep(byItem, against: users, scale, side: "item")
            progress?(2 * iteration - 1, loss(byUser, users, items, scale))
            users = try halfStep(byUser, against: items, scale, side: "user")
            progress?(2 * iteration, loss(byUser, users, items, scale))
            guard users.storage.allSatisfy(\.isFinite), items.storage.allSatisfy(\.isFinite) else {
                throw .notFinite(iteration: iteration)
            }
        }
        return ImplicitModel(
            users: users, items: items, configuration: configuration, scale: scale,
            likes: PopularityModel.fit(ratings, threshold: configuration.feedback.threshold))
    }

    private func halfStep(
        _ matrix: SparseMatrix<Float>, against partners: DenseMatrix<Float>, _ scale: RatingScale, side: String
    ) throws(FactorizationError) -> DenseMatrix<Float> {
        let equations = ImplicitEquations(against: partners, scale: scale, configuration)
        let step = HalfStep(
            side: side, rows: matrix.rows, order: configuration.rank, threads: configuration.threads)
        return try step.solve { row, workspace throws(CholeskyError) in
            let entries = matrix.entries(ofRow: row)
            return try equations.solve(matrix.columnIndices[entries], matrix.values[entries], in: &workspace)
        }
    }

    private func loss(
        _ byUser: SparseMatrix<Float>, _ users: DenseMatrix<Float>, _ items: DenseMatrix<Float>, _ scale: RatingScale
    ) -> Double {
        let userSide = ImplicitEquations(against: items, scale: scale, configuration)
        let itemSide = ImplicitEquations(against: users, scale: scale, configuration)
        var loss = 0.0
        var itemCounts = [Int](repeating: 0, count: items.rows)
        for user in 0..<users.rows {
            let scores = items.times(Array(users.row(user)))
            // Σ_all, item by item: the products are at hand.
            loss += configuration.unobservedWeight * scores.reduce(0) { $0 + Double($1) * Double($1) }
            for entry in byUser.entries(ofRow: user) {
                let item = Int(byUser.columnIndices[entry])
                itemCounts[item] += 1
                let (target, weight) = userSide.observation(byUser.values[entry])
                let error = Double(target) - Double(scores[item])
                loss += Double(weight) * error * error
            }
            loss += userSide.penalty(ratings: byUser.entries(ofRow: user).count) * square(users, user)
        }
        for item in 0..<items.rows {
            loss += itemSide.penalty(ratings: itemCounts[item]) * square(items, item)
        }
        return loss
    }

    private func square(_ factors: DenseMatrix<Float>, _ row: Int) -> Double {
        factors.row(row).reduce(0) { $0 + Double($1) * Double($1) }
    }
}
