public import LinearAlgebra
public import Ratings

/// Factors of users and items whose products rank items by expected liking.
public struct ImplicitModel: FactorRecommender {
    /// Shape (users, rank).
    public let users: DenseMatrix<Float>
    /// Shape (items, rank).
    public let items: DenseMatrix<Float>
    /// The configuration of the fit.
    public let configuration: ImplicitConfiguration
    /// The scale of the training ratings.
    public let scale: RatingScale
    /// The fallback for users without ratings.
    public let likes: PopularityModel

    /// Creates a model from factors of the same rank.
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

    /// p_u·q_i for every item; like counts for users without ratings, or only with ratings of strength 0.
    public func scores(user: Int?) -> [Float] {
        scores(of: user.map { Array(users.row($0)) } ?? [])
    }

    public var itemVectors: DenseMatrix<Float> { items }

    /// nil for users who get like counts.
    public func vector(user: Int) -> [Float]? {
        let factors = Array(users.row(user))
        return factors.contains { $0 != 0 } ? factors : nil
    }

    public func scores(user: Int, items some: [Int32]) -> [Float] {
        guard let own = vector(user: user) else { return some.map { likes.scores(user: nil)[Int($0)] } }
        return items.products(ofRows: some, with: own)
    }

    public func scores(foldingIn ratings: UserRatings) throws -> [Float] {
        scores(of: try factors(foldingIn: ratings))
    }

    /// The factors of a user outside the training data.
    ///
    /// - Throws: `CholeskyError` if the user's equations have no solution.
    public func factors(foldingIn ratings: UserRatings) throws -> [Float] {
        var workspace = NormalEquations(order: items.columns, solver: configuration.solver)
        try equations.solve(ratings.items[...], ratings.values[...], in: &workspace)
        return workspace.solution
    }

    private func scores(of factors: [Float]) -> [Float] {
        guard factors.contains(where: { $0 != 0 }) else { return likes.scores(user: nil) }
        return items.times(factors)
    }

    /// The contribution of each rating of a user to p_u·q_i, in rating order; they add up to it.
    ///
    /// - Throws: `CholeskyError` if the user's equations have no solution.
    public func contributions(to item: Int, of ratings: UserRatings) throws -> [Float] {
        try equations.contributions(to: item, of: ratings.items[...], ratings.values[...])
    }

    private var equations: ImplicitEquations { ImplicitEquations(against: items, scale: scale, configuration) }
}
