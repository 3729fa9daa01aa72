import LinearAlgebra
import Ratings
import TestSupport
import Testing

struct SplitsTests {
    let ratings = RatingMatrix.random(users: 30, items: 20, density: 0.4, seed: 1)

    /// Every rating as "user item value".
    private func entries(_ matrix: RatingMatrix) -> [String] {
        (0..<matrix.users.count).flatMap { user in
            matrix.ratings(ofUser: user).map { "\(matrix.users[user]) \(matrix.items[Int($0)]) \($1)" }
        }
    }

    @Test(arguments: [2, 3, 5])
    func everyRatingIsTestedOnce(_ count: Int) {
        let folds = ratings.folds(count, seed: 4)
        #expect(folds.count == count)
        #expect(folds.flatMap { entries($0.test) }.sorted() == entries(ratings).sorted())
        for fold in folds {
            #expect((entries(fold.train) + entries(fold.test)).sorted() == entries(ratings).sorted())
            #expect(fold.test.count == ratings.count / count || fold.test.count == ratings.count / count + 1)
            #expect(fold.train.users == ratings.users && fold.test.items == ratings.items)
        }
    }

    @Test func holdoutTakesItsShareOfEveryUser() {
        let split = ratings.holdout(0.3, seed: 2)
        #expect((entries(split.train) + entries(split.test)).sorted() == entries(ratings).sorted())
        for user in 0..<30 {
            let all = ratings.byUser.entries(ofRow: user).count
            #expect(split.test.byUser.entries(ofRow: user).count == Int(0.3 * Double(all)))
        }
    }

    @Test func seedDecides() {
        #expect(entries(ratings.folds(3, seed: 1)[0].test) == entries(ratings.folds(3, seed: 1)[0].test))
        #expect(entries(ratings.folds(3, seed: 1)[0].test) != entries(ratings.folds(3, seed: 2)[0].test))
    }
}
