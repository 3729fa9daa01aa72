public import LinearAlgebra
public import Ratings

/// The configuration of the item-item closed form.
///
/// The defaults were chosen by validation inside u1.base, the training part of MovieLens 100K's first fold.
public struct EASEConfiguration: Sendable, Equatable, Codable {
    /// λ > 0. The default is 400; tuning covers 50…3000.
    public var regularization = 400.0
    /// The strength of a rating as a like: its value in the matrix. The defaults for the highest and the lowest rating
    /// are 1.3 and −0.2; tuning covers 1…2 and −0.5…0.5.
    public var feedback: Feedback = {
        var feedback = Feedback()
        feedback.least = -0.2
        feedback.most = 1.3
        return feedback
    }()
    /// Whether to use attributes of users, genres and years of items, and sessions. λ is then multiplied by 1.5. The
    /// default is false.
    public var usesFeatures = false
    /// The memory limit of the dense Gramian in bytes. The default is 8 GiB.
    public var memoryLimit = 8 << 30

    /// Creates a configuration with the defaults.
    public init() {}

    /// Throws unless every field is in range.
    public func validate() throws(FactorizationError) {
        try OptionRange.ridge.check("regularization", regularization, FactorizationError.outOfRange)
        try ridge.validate()
        try feedback.validate()
    }

    var ridge: RidgeInverse {
        RidgeInverse(regularization: (usesFeatures ? 1.5 : 1) * regularization, memoryLimit: memoryLimit)
    }
}

/// EASE, the item-item closed form: a ridge regression of every item on all others, by one matrix inversion.
///
/// B minimizes ‖X − X·B‖² + λ‖B‖² with a zero diagonal: P = (XᵀX + λI)⁻¹, B_ij = −P_ij/P_jj for i ≠ j. The score of
/// item j is Σ_i x_ui·B_ij over the user's ratings, with x by `Feedback`. Two items liked by the same two users, λ = 1:
/// XᵀX = (2, 2; 2, 2), P = (0.6, −0.4; −0.4, 0.6), B_12 = 2/3.
///
/// With features (`LikingFeatures`), X gets more columns, the attributes and months of each user, and more rows: the
/// ratings of every session, and each genre or year with √30 times its share in every item. Items with a common genre
/// or session then predict each other more strongly.
///
/// - Complexity: O(items³) time by LAPACK, items² numbers of memory, given by `memoryEstimate` in advance; user
///   features count as items.
///
/// Source: Steck 2019, arXiv:1905.03375, section 2.
public struct EASE: ItemRecommender {
    /// B, shape (items, items): row i has the weights of item i for all others. User features follow the items.
    public let weights: DenseMatrix<Float>
    /// The configuration of the fit.
    public let configuration: EASEConfiguration
    /// Shape (users, features).
    private let userFeatures: SparseMatrix<Float>
    private let ratings: RatingMatrix
    private let scale: RatingScale
    private let likes: PopularityModel

    /// The weight of a common genre relative to common users.
    private static let itemFeatureWeight: Float = 30

    /// The memory needed to fit a number of items, in bytes.
    public static func memoryEstimate(items: Int) -> Int { RidgeInverse.memoryEstimate(items) }

    /// - Throws: `FactorizationError`, for example if the Gramian would exceed the memory limit.
    public static func fit(
        _ ratings: RatingMatrix, _ configuration: EASEConfiguration = EASEConfiguration(),
        side: SideInformation = SideInformation(users: [], items: [])
    ) throws(FactorizationError) -> EASE {
        try configuration.validate()
        let features = configuration.usesFeatures ? LikingFeatures(side, ratings) : .none(ratings)
        try configuration.ridge.requireMemory(ratings.items.count + features.users.columns)
        var configuration = configuration
        let (threshold, scale) = try configuration.feedback.resolve(for: ratings)
        let feedback = configuration.feedback
        let strengths = ratings.byUser.withValues(
            ratings.byUser.values.map { feedback.strength($0, on: scale) })
        var x = strengths.beside(features.users)
        if configuration.usesFeatures {
            if let times = ratings.timestamps { x = x.above(LikingFeatures.sessions(of: strengths, times)) }
            x = x.above(features.items.transposed().scaled(by: itemFeatureWeight.squareRoot()))
        }
        var matrix = try configuration.ridge.inverse(x, side: "item")
        let diagonal = (0..<matrix.rows).map { matrix[$0, $0] }
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns { matrix[row, column] /= -diagonal[column] }
            matrix[row, row] = 0
        }
        return EASE(
            weights: matrix, configuration: configuration, userFeatures: features.users, ratings: ratings, scale: scale,
            likes: PopularityModel.fit(ratings, threshold: threshold))
    }

    public func scores(user: Int?) -> [Float] {
        guard let user else { return likes.scores(user: nil) }
        return scores(foldingIn: ratings.userRatings(user), features: userFeatures.entries(ofRow: user))
    }

    /// Uses a guest's ratings only, even with features.
    public func scores(foldingIn ratings: UserRatings) -> [Float] { scores(foldingIn: ratings, features: 0..<0) }

    private func scores(foldingIn ratings: UserRatings, features: Range<Int>) -> [Float] {
        let strengths = ratings.values.map { configuration.feedback.strength($0, on: scale) }
        var scores = [Float](repeating: 0, count: weights.columns)
        var row = DenseMatrix<Float>(rows: 1, columns: weights.columns)
        for (item, strength) in zip(ratings.items, strengths) {
            row.copyRow(Int(item), of: weights, to: 0, times: 1)
            row.addTransposed(times: [strength], to: &scores)
        }
        for entry in features where ratings.count > 0 {
            row.copyRow(self.ratings.items.count + Int(userFeatures.columnIndices[entry]), of: weights, to: 0, times: 1)
            row.addTransposed(times: [userFeatures.values[entry]], to: &scores)
        }
        scores.removeLast(userFeatures.columns)
        // Without any signal in the ratings, falls back on like counts.
        return scores.contains { $0 != 0 } ? scores : likes.scores(user: nil)
    }

    /// The contribution of each rating of a user to the score of an item, in rating order; they add up to it, except
    /// for the user's features.
    public func contributions(to item: Int, of ratings: UserRatings) -> [Float] {
        zip(ratings.items, ratings.values).map { other, rating in
            configuration.feedback.strength(rating, on: scale) * weights[Int(other), item]
        }
    }
}
