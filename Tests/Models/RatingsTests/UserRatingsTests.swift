import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct UserRatingsTests {
    @Test func `ratings are sorted by item`() {
        let ratings: [(item: Int, rating: Float)] = [(7, 3), (0, 5), (2, 1.5), (11, 4)]
        var generator = SeededGenerator(seed: 1)
        for _ in 0..<20 {
            let own = UserRatings(ratings.shuffled(using: &generator))
            #expect(own.items == [0, 2, 7, 11] && own.values == [5, 1.5, 3, 4] && own.count == 4)
        }
    }

    @Test func `ratings may be empty`() {
        let none = UserRatings([])
        #expect(none.count == 0 && none.items.isEmpty && none.values.isEmpty)
    }

    @Test func `matrix rows convert to user ratings`() {
        let ratings = RatingMatrix.random(users: 30, items: 20, density: 0.3, seed: 2)
        for user in 0..<30 {
            #expect(
                ratings.userRatings(user)
                    == UserRatings(ratings.ratings(ofUser: user).map { (item: Int($0), rating: $1) }))
        }
        #expect(ratings.userRatings(3).count == 0 && ratings.userRatings(0).count > 0)
    }

    /// Binary search against linear search.
    @Test(arguments: [0.05, 0.5, 1])
    func `rating look-up finds every pair`(_ density: Double) {
        let ratings = RatingMatrix.random(users: 20, items: 33, density: density, seed: 5)
        var found = 0
        for user in 0..<20 {
            for item in 0..<33 {
                let expected = ratings.ratings(ofUser: user).first { Int($0.0) == item }?.1
                #expect(ratings.rating(user: user, item: item) == expected)
                found += expected == nil ? 0 : 1
            }
        }
        #expect(found == ratings.count && found > 0)
    }
}
