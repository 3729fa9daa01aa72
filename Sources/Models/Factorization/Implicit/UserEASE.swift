public import LinearAlgebra
public import Ratings
import RealModule

/// The configuration of the user-user closed form.
///
/// The defaults were chosen by validation inside u1.base, the training part of MovieLens 100K's first fold.
public struct UserEASEConfiguration: Sendable, Equatable, Codable {
    /// λ > 0. The default is 300; tuning covers 30…3000.
    public var regularization = 300.0
    /// ρ ≥ 0: an item has weight (n/30)^−ρ, with n the sum of its squared strengths plus 5, so that what everybody
    /// likes says less about similarity. The default is 0.4; tuning covers 0…1.
    public var popularityExponent = 0.4
    /// The strength of a rating as a like: its value in the matrix. The defaults for the highest and the lowest rating
    /// are 1.3 and −0.1; tuning covers 1…2 and −0.5…0.5.
    public var feedback: Feedback = {
        var feedback = Feedback()
        feedback.least = -0.1
        feedback.most = 1.3
        return feedback
    }()
    /// Whether to use attributes and months of users, and genres and years of items. λ is then multiplied by 1.5. The
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
        try OptionRange.popularityExponent.check(
            "popularity-exponent", popularityExponent, FactorizationError.outOfRange)
        try feedback.validate()
    }

    var ridge: RidgeInverse {
        RidgeInverse(regularization: (usesFeatures ? 1.5 : 1) * regularization, memoryLimit: memoryLimit)
    }
}

/// The closed form of `EASE` between users: a ridge regression of every user on all others, by one matrix inversion.
///
/// P = (X·W·Xᵀ + λI)⁻¹ with the item weights W; user u's row is predicted as Σ_v b_v·x_v with b_v = −P_vu/P_uu for v ≠
/// u. Redundant users share their weight, whereas cosine neighbors each count fully. Two users who both like one item
/// of weight 1, λ = 1: P = (2, −1; −1, 2)/3, and each counts ½ for the other.
///
/// With features (`LikingFeatures`), users are compared by more columns: their attributes and months, and √0.06 times
/// the genres and years of their ratings, weighted as above.
///
/// - Complexity: O(users³) time by LAPACK, users² numbers of memory; a user's scores take O(ratings).
///
/// Source: Steck 2019, arXiv:1905.03375, section 2, with the matrix transposed.
public struct UserEASE: ItemRecommender {
    /// The configuration of the fit.
    public let configuration: UserEASEConfiguration
    /// P, shape (users, users).
    public let inverse: DenseMatrix<Float>
    /// The strength of each rating, shape (users, items).
    private let strengths: SparseMatrix<Float>
    private let scale: RatingScale
    private let itemWeights: [Float]
    /// Shape (items, features).
    private let itemFeatures: SparseMatrix<Float>
    private let likes: PopularityModel

    /// The weight of a common genre relative to a common item.
    private static let profileWeight: Float = 0.06

    /// The memory needed to fit a number of users, in bytes.
    public static func memoryEstimate(users: Int) -> Int { RidgeInverse.memoryEstimate(users) }

    /// - Throws: `FactorizationError`, for example if the Gramian would exceed the memory limit.
    public static func fit(
        _ ratings: RatingMatrix, _ configuration: UserEASEConfiguration = UserEASEConfiguration(),
        side: SideInformation = SideInformation(users: [], items: [])
    ) throws(FactorizationError) -> UserEASE {
        try configuration.validate()
        try configuration.ridge.requireMemory(ratings.users.count)
        var configuration = configuration
        let (threshold, scale) = try configuration.feedback.resolve(for: ratings)
        let feedback = configuration.feedback
        let strengths = ratings.byUser.withValues(
            ratings.byUser.values.map { feedback.strength($0, on: scale) })
        let weights = itemWeights(strengths, configuration.popularityExponent)
        let rooted = strengths.withValues(
            zip(strengths.columnIndices, strengths.values).map { weights[Int($0)].squareRoot() * $1 })
        let features = configuration.usesFeatures ? LikingFeatures(side, ratings) : .none(ratings)
        let profiles = rooted.times(features.items).scaled(by: profileWeight.squareRoot())
        let matrix = try configuration.ridge.inverse(
            rooted.beside(profiles).beside(features.users).transposed(), side: "user")
        return UserEASE(
            configuration: configuration, inverse: matrix, strengths: strengths, scale: scale, itemWeights: weights,
            itemFeatures: features.items,
            likes: PopularityModel.fit(ratings, threshold: threshold))
    }

    private static func itemWeights(_ strengths: SparseMatrix<Float>, _ exponent: Double) -> [Float] {
        var squares = [Double](repeating: 0, count: strengths.columns)
        for (item, value) in zip(strengths.columnIndices, strengths.values) {
            squares[Int(item)] += Double(value) * Double(value)
        }
        return squares.map { Float(Double.pow(($0 + 5) / 30, -exponent)) }
    }

    /// Users without ratings get like counts.
    public func scores(user: Int?) -> [Float] {
        guard let user else { return likes.scores(user: nil) }
        let own = inverse[user, user]
        return scores((0..<inverse.rows).map { $0 == user ? 0 : -inverse[$0, user] / own })
    }

    /// Compares a guest by ratings and, with features, by their genres and years.
    public func scores(foldingIn ratings: UserRatings) -> [Float] {
        var dense = [Float](repeating: 0, count: itemWeights.count)
        var profile = [Float](repeating: 0, count: itemFeatures.columns)
        for (item, rating) in zip(ratings.items, ratings.values) {
            let rooted = itemWeights[Int(item)].squareRoot() * configuration.feedback.strength(rating, on: scale)
            dense[Int(item)] = itemWeights[Int(item)].squareRoot() * rooted
            for entry in itemFeatures.entries(ofRow: Int(item)) {
                profile[Int(itemFeatures.columnIndices[entry])] += rooted * itemFeatures.values[entry]
            }
        }
        for item in dense.indices where itemFeatures.columns > 0 {
            let shared = itemFeatures.entries(ofRow: item).reduce(Float(0)) {
                $0 + profile[Int(itemFeatures.columnIndices[$1])] * itemFeatures.values[$1]
            }
            dense[item] += Self.profileWeight * itemWeights[item].squareRoot() * shared
        }
        let products = (0..<inverse.rows).map { user in
            strengths.entries(ofRow: user).reduce(Float(0)) { sum, entry in
                sum + dense[Int(strengths.columnIndices[entry])] * strengths.values[entry]
            }
        }
        return scores(inverse.times(products))
    }

    /// Σ_v b_v·x_v.
    private func scores(_ weights: [Float]) -> [Float] {
        var scores = [Float](repeating: 0, count: itemWeights.count)
        let (items, values) = (strengths.columnIndices, strengths.values)
        for (user, weight) in weights.enumerated() where weight != 0 {
            for entry in strengths.entries(ofRow: user) { scores[Int(items[entry])] += weight * values[entry] }
        }
        // Without any signal in the ratings, falls back on like counts.
        return scores.contains { $0 != 0 } ? scores : likes.scores(user: nil)
    }
}
