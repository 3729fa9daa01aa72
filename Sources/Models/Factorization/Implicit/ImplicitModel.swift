public import LinearAlgebra
public import Ratings

/// Factors of users and items whose products say what is liked.
public struct ImplicitModel: FactorRecommender {
    /// Shape (users, rank).
    public let users: DenseMatrix<Float>
    /// Shape (items, rank).
    public let items: DenseMatrix<Float>
    public let configuration: ImplicitConfiguration
    public let scale: RatingScale
    /// What most users liked answers for a user without ratings.
    public let likes: PopularityModel

    public init(
        users: DenseMatrix<Float>, items: DenseMatrix<Float>, configuration: ImplicitConfiguration, scale: RatingScale,
        likes: PopularityModel
    ) {
        precondition(users.columns == items.columns, "factors of one rank")
        self.users = users
        self.items = items
        self.configuration = configuration
        self.scale = scale
        self.likes = likes
    }

    /// p_u·q_i for every item; the number of likes for a user without ratings, or with none that says anything of liking.
    public func scores(user: Int?) -> [Float] {
        scores(of: user.map { Array(users.row($0)) } ?? [])
    }

    public var itemVectors: DenseMatrix<Float> { items }

    /// nil for a user whom the number of likes answers.
    public func vector(user: Int) -> [Float]? {
        let factors = Array(users.row(user))
        return factors.contains { $0 != 0 } ? factors : nil
    }

    public func scores(user: Int, items some: [Int32]) -> [Float] {
        guard let own = vector(user: user) else { return some.map { likes.scores(user: nil)[Int($0)] } }
        return items.products(ofRows: some, with: own)
    }

    public func scores(foldingIn ratings: UserRatings) throws -> [Float] {
        var workspace = NormalEquations(order: items.columns, solver: configuration.solver)
        try equations.solve(ratings.items[...], ratings.values[...], in: &workspace)
        return scores(of: workspace.solution)
    }

    private func scores(of factors: [Float]) -> [Float] {
        guard factors.contains(where: { $0 != 0 }) else { return likes.scores(user: nil) }
        return items.times(factors)
    }

    /// What each rating of a user contributes to p_u·q_i, in the order of the ratings; all together make it up.
    ///
    /// - Throws: `CholeskyError` where the user's equations have no solution.
    public func contributions(to item: Int, of ratings: UserRatings) throws -> [Float] {
        try equations.contributions(to: item, of: ratings.items[...], ratings.values[...])
    }

    private var equations: ImplicitEquations { ImplicitEquations(against: items, scale: scale, configuration) }
}
