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
    func `every rating is in exactly one test fold`(_ count: Int) {
        let folds = ratings.folds(count, seed: 4)
        #expect(folds.count == count)
        #expect(folds.flatMap { entries($0.test) }.sorted() == entries(ratings).sorted())
        for fold in folds {
            #expect((entries(fold.train) + entries(fold.test)).sorted() == entries(ratings).sorted())
            #expect(fold.test.count == ratings.count / count || fold.test.count == ratings.count / count + 1)
            #expect(fold.train.users == ratings.users && fold.test.items == ratings.items)
        }
    }

    @Test func `holdout takes its share of every user`() {
        let split = ratings.holdout(0.3, seed: 2)
        #expect((entries(split.train) + entries(split.test)).sorted() == entries(ratings).sorted())
        for user in 0..<30 {
            let all = ratings.byUser.entries(ofRow: user).count
            #expect(split.test.byUser.entries(ofRow: user).count == Int(0.3 * Double(all)))
        }
    }

    @Test func `holdout of some users leaves the others complete`() {
        let split = ratings.holdout(0.5, ofUsers: 0.4, seed: 2)
        #expect((entries(split.train) + entries(split.test)).sorted() == entries(ratings).sorted())
        var losing = 0
        for user in 0..<30 {
            let count = split.test.byUser.entries(ofRow: user).count
            #expect(count == 0 || count == ratings.byUser.entries(ofRow: user).count / 2)
            losing += count > 0 ? 1 : 0
        }
        // 12 users are drawn; those with a single rating keep it.
        #expect((6...12).contains(losing))
        #expect(entries(ratings.holdout(0.3, ofUsers: 1, seed: 2).test) == entries(ratings.holdout(0.3, seed: 2).test))
    }

    @Test func `same seed gives the same folds`() {
        func tested(_ seed: UInt64) -> [String] { ratings.folds(3, seed: seed).first.map { entries($0.test) } ?? [] }
        #expect(tested(1) == tested(1))
        #expect(tested(1) != tested(2))
    }

    /// One user with four ratings, another with one.
    private func timed(_ times: [Int64]?) -> RatingMatrix {
        let plain = RatingMatrix(rows: [[(0, 1), (1, 2), (2, 3), (3, 4)], [(0, 5)]], itemCount: 4)
        return RatingMatrix(users: plain.users, items: plain.items, byUser: plain.byUser, timestamps: times)
    }

    @Test func `leave-last-out tests the latest ratings of each user`() throws {
        let ratings = timed([10, 30, 20, 30, 50])
        let one = try ratings.leaveLastOut(1)
        #expect(entries(one.test) == ["0 3 4.0"])
        #expect(one.train.timestamps == [10, 30, 20, 50])
        #expect(entries(try ratings.leaveLastOut(3).test) == ["0 1 2.0", "0 2 3.0", "0 3 4.0"])
        #expect(entries(try ratings.leaveLastOut(4).test) == [])
    }

    @Test func `time split tests the latest share of all ratings`() throws {
        #expect(entries(try timed([10, 20, 30, 40, 50]).timeSplit(0.2).test) == ["1 0 5.0"])
        #expect(entries(try timed([10, 20, 30, 40, 50]).timeSplit(0.39).test) == ["1 0 5.0"])
        // Ratings with equal timestamps stay together in training.
        #expect(entries(try timed([10, 40, 40, 40, 50]).timeSplit(0.4).test) == ["1 0 5.0"])
        #expect(try timed([10, 10, 10, 10, 10]).timeSplit(0.4).test.count == 0)
    }

    @Test func `time splits need timestamps`() {
        #expect(throws: RatingsError.noTimes) { try timed(nil).leaveLastOut(1) }
        #expect(throws: RatingsError.noTimes) { try timed(nil).timeSplit(0.2) }
    }

    @Test func `validation split takes its share of all ratings`() {
        let split = ratings.validationSplit(0.25, seed: 3)
        #expect(split.test.count == Int(0.25 * Double(ratings.count)))
        #expect((entries(split.train) + entries(split.test)).sorted() == entries(ratings).sorted())
    }
}
