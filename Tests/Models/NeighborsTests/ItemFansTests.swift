import LinearAlgebra
import Neighbors
import Ratings
import TestSupport
import Testing

struct ItemFansTests {
    private func fans(_ ratings: RatingMatrix, threshold: Float = 4) -> ItemFans {
        ItemFans(ratings, byItem: ratings.byUser.transposed(), threshold: threshold)
    }

    @Test func `fans and favorites match their definition`() {
        let ratings = RatingMatrix.random(users: 80, items: 20, density: 0.4, seed: 9)
        func loves(_ user: Int, _ item: Int) -> Bool { (ratings.rating(user: user, item: item) ?? 0) >= 3 }
        let model = fans(ratings, threshold: 3)
        for item in 0..<20 {
            let lovers = (0..<80).filter { loves($0, item) }
            #expect(Set(model.fans(of: item).map(\.user)) == Set(lovers))
            let found = model.favorites(of: item, count: 20)
            for favorite in found {
                let share = Double((0..<80).count { loves($0, favorite.item) }) / 80
                let count = lovers.count { loves($0, favorite.item) }
                let expected = Double(lovers.count) * share
                #expect(favorite.fans == count && favorite.share == share && favorite.item != item)
                #expect(
                    abs(favorite.score - (Double(count) - expected) / (expected * (1 - share) + 1).squareRoot()) < 1e-12
                )
            }
            #expect(zip(found, found.dropFirst()).allSatisfy { ($1.score, $0.item) < ($0.score, $1.item) })
            #expect(found.allSatisfy { $0.score > 0 })
        }
    }

    /// 500 users, 50 fans of item 0, 30 of whom love item 1, as do 20 others.
    @Test func `favorite matches the worked example`() {
        let rows = (0..<500).map { user -> [(item: Int, rating: Float)] in
            (user < 50 ? [(0, 5)] : []) + (user < 30 || (50..<70).contains(user) ? [(1, 4)] : [])
        }
        let favorite = fans(RatingMatrix(rows: rows, itemCount: 2)).favorites(of: 0, count: 1)[0]
        #expect(favorite.fans == 30 && favorite.share == 0.1)
        #expect(abs(favorite.score - 10.660036) < 1e-6)
    }

    @Test func `fans are ordered by rating`() {
        let ratings = RatingMatrix(rows: [[(0, 4)], [(0, 5)], [(0, 3)], [(0, 4)]], itemCount: 1)
        #expect(fans(ratings).fans(of: 0).map(\.user) == [1, 0, 3])
    }
}
