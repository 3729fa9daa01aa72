import Engine
import Factorization
import LinearAlgebra
import Ratings
import TestSupport

/// Ratings with all that a model has to bear, and the models on them.
enum ContractData {
    static let userCount = 90
    static let itemCount = 50

    /// Users without ratings, with one, and with equal ones; the last six items have none.
    static let train: RatingMatrix = {
        let random = RatingMatrix.random(users: userCount, items: itemCount - 6, density: 0.25, seed: 11)
        let rows = (0..<userCount).map { user in
            random.ratings(ofUser: user).map { (item: Int($0), rating: $1) }
        }
        return timed(RatingMatrix(rows: rows, itemCount: itemCount), seed: 12)
    }()

    /// Some users and items that training does not know, even by name.
    static let test = timed(
        RatingMatrix.random(users: userCount + 8, items: itemCount + 5, density: 0.15, seed: 13), seed: 14)

    /// Attributes of users and genres of items, some unknown.
    static let side = SideInformation(
        users: [FeatureGroup(name: "group", labels: (0..<userCount).map { $0 % 4 == 0 ? nil : "\($0 % 4)" })],
        items: [
            FeatureGroup(name: "genre", memberships: (0..<itemCount).map { $0 % 5 == 0 ? [] : [$0 % 3, 3] }, count: 4)
        ])

    static let scale: ClosedRange<Double> = 0.5...5

    /// Guests: nothing rated, one rating, the lowest ratings only, an item without ratings, and many.
    static let guests: [UserRatings] = {
        let rated: [[(item: Int, rating: Float)]] = [
            [], [(3, 4.5)], [(1, 0.5), (9, 0.5)], [(itemCount - 1, 5)],
            (0..<itemCount).map { item in (item, Float(1 + item % 10) / 2) },
        ]
        return rated.map { UserRatings($0) }
    }()

    static func fit(_ kind: ModelKind, threads: Int = 1, seed: UInt64 = 1) throws -> FittedModel {
        var configuration = ModelConfiguration()
        configuration.als.rank = 5
        configuration.implicit.rank = 5
        configuration.bayes.rank = 5
        configuration.bayes.burnIn = 5
        configuration.bayes.samples = 20
        configuration.bayes.usesFeatures = true
        configuration.seed = seed
        configuration.threads = threads
        return try kind.fit(Dataset(ratings: train, features: side), configuration)
    }

    private static func timed(_ ratings: RatingMatrix, seed: UInt64) -> RatingMatrix {
        var generator = SeededGenerator(seed: seed)
        return RatingMatrix(
            users: ratings.users, items: ratings.items, byUser: ratings.byUser,
            timestamps: (0..<ratings.count).map { _ in Int64(generator.next(below: 20_000)) - 9_000 })
    }
}
