import Factorization
import Foundation
import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct BlendedModelTests {
    private let ratings = RatingMatrix.random(users: 30, items: 25, density: 0.4, seed: 5)

    private func model() throws -> BlendedModel {
        var configuration = ImplicitConfiguration()
        configuration.rank = 6
        return BlendedModel(
            implicit: try ImplicitALS(configuration).fit(ratings), users: try UserEASE.fit(ratings), ratings: ratings)
    }

    /// The formula in `Double`, with the standard deviation by definition.
    @Test func `scores are weighted sums of standardized scores`() throws {
        let model = try model()
        for user in [0, 1, 4, 29] {
            let rated = Set(ratings.userRatings(user).items.map(Int.init))
            let unrated = (0..<25).filter { !rated.contains($0) }
            func z(_ scores: [Float]) -> [Double] {
                let own = unrated.map { Double(scores[$0]) }
                let mean = own.reduce(0, +) / Double(own.count)
                let deviation = (own.reduce(0) { $0 + pow($1 - mean, 2) } / Double(own.count)).squareRoot()
                return own.map { ($0 - mean) / deviation }
            }
            let expected = zip(z(model.implicit.scores(user: user)), z(model.users.scores(user: user)))
                .map { $0 + 0.5 * $1 }
            let found = model.scores(user: user)
            for (item, value) in zip(unrated, expected) { #expect(abs(Double(found[item]) - value) < 1e-4) }
        }
    }

    @Test func `guests and users without ratings get recommendations`() throws {
        let model = try model()
        #expect(model.scores(user: nil) == model.implicit.likes.scores(user: nil))
        #expect(model.scores(user: 3) == model.scores(user: nil), "user 3 has no ratings")
        let guest = UserRatings([(item: 2, rating: 5), (item: 7, rating: 4)])
        let scores = try model.scores(foldingIn: guest)
        #expect(scores.count == 25 && scores.allSatisfy(\.isFinite))
        #expect(try model.topItems(foldingIn: guest, count: 30).count == 23)
    }
}
