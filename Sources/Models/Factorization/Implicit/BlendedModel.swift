import LinearAlgebra
public import Ratings

/// Two or three rankings in one: what goes with what a user liked, by factors, and who likes alike, by the user-user closed form.
///
/// Each model's scores are brought to mean 0 and standard deviation 1 over the items that the user has not rated, and added:
/// z(implicit) + ½·z(users), and with features + ½·z(items), the item-item closed form. They err differently, so the sum
/// ranks better than each. The weights were chosen by validation inside u1.base, the training part of MovieLens 100K's first
/// fold.
///
/// Scores 1, 2, 3 of unrated items have z −1.224745, 0, 1.224745.
public struct BlendedModel: ItemRecommender {
    public let implicit: ImplicitModel
    public let users: UserEASE
    /// Only with features does it add to what the others tell.
    public let items: EASE?
    private let ratings: RatingMatrix

    /// What a closed form counts beside the factors.
    private static let weight: Float = 0.5

    public init(implicit: ImplicitModel, users: UserEASE, items: EASE? = nil, ratings: RatingMatrix) {
        self.implicit = implicit
        self.users = users
        self.items = items
        self.ratings = ratings
    }

    public func scores(user: Int?) -> [Float] {
        guard let user, !ratings.byUser.entries(ofRow: user).isEmpty else { return implicit.likes.scores(user: nil) }
        let rated = ratings.byUser.columnIndices[ratings.byUser.entries(ofRow: user)]
        return Self.blend(
            implicit.scores(user: user), users.scores(user: user), items?.scores(user: user), rated: rated)
    }

    public func scores(foldingIn ratings: UserRatings) throws -> [Float] {
        guard ratings.count > 0 else { return implicit.likes.scores(user: nil) }
        return Self.blend(
            try implicit.scores(foldingIn: ratings), users.scores(foldingIn: ratings),
            items?.scores(foldingIn: ratings), rated: ratings.items[...])
    }

    private static func blend(
        _ implicit: [Float], _ users: [Float], _ items: [Float]?, rated: ArraySlice<Int32>
    ) -> [Float] {
        [users, items].compactMap(\.self).reduce(standardized(implicit, rated)) { sum, scores in
            zip(sum, standardized(scores, rated)).map { $0 + weight * $1 }
        }
    }

    private static func standardized(_ scores: [Float], _ rated: ArraySlice<Int32>) -> [Float] {
        var isRated = [Bool](repeating: false, count: scores.count)
        for item in rated { isRated[Int(item)] = true }
        let candidates = scores.indices.filter { !isRated[$0] }.map { Double(scores[$0]) }
        guard !candidates.isEmpty else { return scores }
        let mean = candidates.reduce(0, +) / Double(candidates.count)
        let variance = candidates.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(candidates.count)
        let deviation = variance > 0 ? variance.squareRoot() : 1
        return scores.map { Float((Double($0) - mean) / deviation) }
    }
}
