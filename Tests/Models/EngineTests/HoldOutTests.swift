import Engine
import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct HoldOutTests {
    private let ratings: RatingMatrix = {
        let random = RatingMatrix.random(users: 50, items: 30, density: 0.4, seed: 2)
        return RatingMatrix(
            users: random.users, items: random.items, byUser: random.byUser,
            timestamps: (0..<random.count).map { Int64(($0 * 7_919) % 1_000) })
    }()

    private let ways: [HoldOut] = [.random(0.2), .users(0.5, share: 0.5), .latest(1), .time(0.1)]

    @Test func `splits are disjoint and differ by number`() throws {
        for way in ways {
            let splits = try (0..<3).map { try way.split(ratings, number: $0, seed: 1) }
            for split in splits {
                #expect(split.test.count > 0 && split.train.count + split.test.count <= ratings.count)
                for user in 0..<50 {
                    for (item, _) in split.test.ratings(ofUser: user) {
                        #expect(split.train.rating(user: user, item: Int(item)) == nil)
                        #expect(ratings.rating(user: user, item: Int(item)) != nil)
                    }
                }
            }
            let tests = splits.map { Array($0.test.byUser.columnIndices) }
            #expect(Set(tests).count == 3)
            #expect(try Array(way.split(ratings, number: 1, seed: 1).test.byUser.columnIndices) == tests[1])
        }
    }

    /// By time the next split goes on inside the training part of the one before.
    @Test func `splits by time roll forward`() throws {
        for way in ways.suffix(2) {
            let (first, second) = (
                try way.split(ratings, number: 0, seed: 1), try way.split(ratings, number: 1, seed: 1)
            )
            #expect(second.train.count + second.test.count == first.train.count)
        }
        #expect(throws: RatingsError.noTimes) {
            try HoldOut.latest(1).split(
                RatingMatrix(users: ratings.users, items: ratings.items, byUser: ratings.byUser), number: 0, seed: 1)
        }
    }

    @Test func `the shape of a split is recognized`() throws {
        let split = ratings.holdout(0.5, ofUsers: 0.4, seed: 9)
        // Users with a single rating keep it.
        let count = (0..<50).count { !split.test.byUser.entries(ofRow: $0).isEmpty }
        #expect((15...20).contains(count))
        guard case .users(let users, let share) = HoldOut(like: split) else {
            Issue.record("not by users")
            return
        }
        #expect(users == Double(count) / 50 && abs(share - 0.48) < 0.04)
    }
}
