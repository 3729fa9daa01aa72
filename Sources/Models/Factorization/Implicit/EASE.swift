public import LinearAlgebra
public import Ratings

/// How the item-item closed form is fitted.
///
/// The defaults were chosen by validation inside u1.base, the training part of MovieLens 100K's first fold.
public struct EASEConfiguration: Sendable, Equatable, Codable {
    /// λ > 0. The default is 400; tuning looks at 50…3000.
    public var regularization = 400.0
    /// What a rating says of liking: the value of the rating in the matrix. The defaults of the highest and the lowest are
    /// 1.3 and −0.2; tuning looks at 1…2 and −0.5…0.5.
    public var feedback: Feedback = {
        var feedback = Feedback()
        feedback.least = -0.2
        feedback.most = 1.3
        return feedback
    }()
    /// Whether attributes of users, genres and years of items, and sessions are learned from too. λ is then multiplied by
    /// 1.5. The default is false.
    public var usesFeatures = false
    /// Bytes that the dense Gram matrix may take. The default is 8 GiB.
    public var memoryLimit = 8 << 30

    public init() {}

    /// Throws unless every field is in its range.
    public func validate() throws(FactorizationError) {
        try ridge.validate()
        try feedback.validate()
    }

    var ridge: RidgeInverse {
        RidgeInverse(regularization: (usesFeatures ? 1.5 : 1) * regularization, memoryLimit: memoryLimit)
    }
}

/// The item-item closed form: every item is predicted from all others by ridge regression, in one inversion.
///
/// B minimizes ‖X − X·B‖² + λ‖B‖² with a zero diagonal: P = (XᵀX + λI)⁻¹, B_ij = −P_ij/P_jj for i ≠ j. The score of item j is
/// Σ_i x_ui·B_ij over what the user rated, x by `Feedback`. Two items that two users both like, λ = 1: XᵀX = (2, 2; 2, 2),
/// P = (0.6, −0.4; −0.4, 0.6), B_12 = 2/3.
///
/// With features (`LikingFeatures`) X has further columns, attributes and months of each user; and further rows: the ratings
/// of every session, and each genre or year with √30 times its share in every item. Items that share a genre or a session
/// then say more of each other.
///
/// - Complexity: O(items³) time by LAPACK, items² numbers of memory, which `memoryEstimate` tells before; with features, those
///   of users count as items.
///
/// Source: Steck 2019, arXiv:1905.03375, section 2.
public struct EASE: ItemRecommender {
    /// B, shape (items, items): row i holds what item i says of every other. Users' features stand behind the items.
    public let weights: DenseMatrix<Float>
    public let configuration: EASEConfiguration
    /// Shape (users, features).
    private let userFeatures: SparseMatrix<Float>
    private let ratings: RatingMatrix
    private let scale: RatingScale
    private let likes: PopularityModel

    /// What a genre in common counts beside users in common.
    private static let itemFeatureWeight: Float = 30

    /// The bytes that fitting needs for a number of items.
    public static func memoryEstimate(items: Int) -> Int { RidgeInverse.memoryEstimate(items) }

    /// - Throws: `FactorizationError`, among others where the Gram matrix would exceed the memory limit.
    public static func fit(
        _ ratings: RatingMatrix, _ configuration: EASEConfiguration = EASEConfiguration(),
        side: SideInformation = SideInformation(users: [], items: [])
    ) throws(FactorizationError) -> EASE {
        try configuration.validate()
        let features = configuration.usesFeatures ? LikingFeatures(side, ratings) : .none(ratings)
        try configuration.ridge.requireMemory(ratings.items.count + features.users.columns)
        try requireLikes(configuration.feedback.threshold, on: RatingScale(of: ratings))
        guard let scale = RatingScale(of: ratings) else { throw .noRatings }
        let strengths = ratings.byUser.withValues(
            ratings.byUser.values.map { configuration.feedback.strength($0, on: scale) })
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
            likes: PopularityModel.fit(ratings, threshold: configuration.feedback.threshold))
    }

    public func scores(user: Int?) -> [Float] {
        guard let user else { return likes.scores(user: nil) }
        return scores(foldingIn: ratings.userRatings(user), features: userFeatures.entries(ofRow: user))
    }

    /// Of a guest only the ratings count, also with features.
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
        // Where the ratings tell nothing, most users' likes do.
        return scores.contains { $0 != 0 } ? scores : likes.scores(user: nil)
    }

    /// What each rating of a user contributes to the score of an item, in the order of the ratings; all together make
    /// it up, but for what the user's features add.
    public func contributions(to item: Int, of ratings: UserRatings) -> [Float] {
        zip(ratings.items, ratings.values).map { other, rating in
            configuration.feedback.strength(rating, on: scale) * weights[Int(other), item]
        }
    }
}
