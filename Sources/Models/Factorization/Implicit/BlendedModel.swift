import LinearAlgebra
public import Ratings

/// A blend of two or three rankings: implicit factors, the user-user closed form and, with features, the item-item
/// closed form.
///
/// Each model's scores are standardized over the user's unrated items and added: z(implicit) + ½·z(users), with
/// features + ½·z(items). Their errors differ, so the sum ranks better than each. The weights were chosen by validation
/// inside u1.base, the training part of MovieLens 100K's first fold.
///
/// Scores 1, 2, 3 of unrated items have z −1.224745, 0, 1.224745.
public struct BlendedModel: ItemRecommender {
    /// The implicit factors.
    public let implicit: ImplicitModel
    /// The user-user closed form.
    public let users: UserEASE
    /// Only with features does it improve on the others.
    public let items: EASE?
    private let ratings: RatingMatrix

    /// The weight of a closed form relative to the factors.
    private static let weight: Float = 0.5

    /// Creates a blend of models fitted on the same ratings.
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
